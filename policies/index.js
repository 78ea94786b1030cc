#!/usr/bin/env node
"use strict";
// The way into the policy pack: `--policy-pack policies` where Pulumi's own language host starts it, and
// `--policy-pack policies/index.js` where the CLI starts it as the program that it also is.
const { join } = require("node:path");

// A pack's version is read from package.json in the working directory, and this pack is a part of the project.
process.chdir(join(__dirname, ".."));

// The language host has had a compiler registered that checks all types at each start, which costs seconds.
delete require.extensions[".ts"];
require("ts-node/register/transpile-only");
require("./pack.ts");
