"use strict";

// Swagger UI's dark colours hang on a class; the system says whether they are wanted. It
// is set before anything is drawn, and again whenever the system changes its mind.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
