global using Zerocopy.Conformance.Harness;
global using Zerocopy.Properties.Simulation;
