// The telephone in the agent's page. Loaded only where the account has one.
import { telephone } from "./agent/phone/desk.js";

telephone(document.getElementById("phone"));
