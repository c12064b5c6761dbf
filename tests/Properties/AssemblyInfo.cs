// These tests ask a real Linux kernel.
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]
