// What the small things cost: a system call's wrapper, a lease, a wake, a step of a pipe or a tee, and one transfer or
// relay from start to end; each beside a twin that does the same without the library.
using System.Globalization;
using System.Runtime.Versioning;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Running;
using Zerocopy.Bench.Micro;

[assembly: SupportedOSPlatform("linux")]

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// Everything in one short round, for CI: the times mean nothing. The gate does: with so many calls, a benchmark that
// allocates is told from a runtime that allocates for itself meanwhile.
const string Smoke = "--job Dry --invocationCount 1024 --unrollFactor 1";
string[] wanted = args is ["--smoke"] ? Smoke.Split(' ') : args;
string[] all = wanted.Contains("--filter") || wanted.Contains("-f") ? [] : ["--filter", "*"];

// In this process. BenchmarkDotNet's own way is to generate a project beside the binary and to build it, which takes an
// SDK and longer than a smoke run may, and there it would be under our Directory.Build.props: warnings are errors, all
// output goes to one folder. Nothing is lost: no benchmark here asks for another runtime or another collector.
const string InProcess = "--inProcess";

ManualConfig config = ManualConfig.CreateMinimumViable()
    .AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)))
    .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
    .HideColumns(Column.Job, Column.UnrollFactor, Column.InvocationCount, Column.IterationCount, Column.LaunchCount)
    .HideColumns(Column.RunStrategy, Column.WarmupCount, Column.Toolchain)
    .AddExporter(MarkdownExporter.GitHub)
    .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
return AllocationGate.Judge(
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. wanted, .. all, InProcess], config));
