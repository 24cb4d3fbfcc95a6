// Enhances what works without it: focus on the error summary, no double sending, the menu on a narrow screen.
import { initAll } from "./built/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
