// Measures the library's relay against copying relays and against none: `run` takes the measurements, `report` writes
// bench/REPORT.md from the results that are kept.
using System.Globalization;
using System.Runtime.Versioning;
using Zerocopy.Bench.Load;
using Zerocopy.Bench.Load.Children;
using Zerocopy.Bench.Load.Running;

[assembly: SupportedOSPlatform("linux")]

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
try
{
    return args is [ChildProgram.Verb, ..] ? ChildProgram.Run(args.AsSpan(1)) : CommandLine.Invoke(args);
}
catch (BenchException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
