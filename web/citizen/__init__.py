"""The citizen's pages: what will be asked, number and code, how the call goes. Never an attribute."""
