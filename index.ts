import * as pulumi from "@pulumi/pulumi";
import { declareHost, placeLabs } from "./components/hosts";
