"""The citizen's and the agent's pages. Meets telephony only in the store."""
