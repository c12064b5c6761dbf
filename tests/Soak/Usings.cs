global using Zerocopy.Conformance.Harness;
