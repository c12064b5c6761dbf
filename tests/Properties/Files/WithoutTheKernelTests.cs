// The same transfers where the kernel moves nothing: the model does not know the difference.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;
using Zerocopy.Properties.Identity;

namespace Zerocopy.Properties.Files;

[Collection(nameof(RealKernel))]
public sealed class WithoutTheKernelTests
{
    private const string Variable = "ZEROCOPY_COPY_ONLY";

    /// <summary>The switch is read once in a process, before anything of the library is used.</summary>
    [ModuleInitializer]
    internal static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            AppContext.SetSwitch("Zerocopy.CopyOnly", true);
        }
    }

    // This program again, so that there is no second set of cases.
    [Fact]
    public async Task The_same_bytes_counts_and_positions()
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            ["--filter-class", typeof(FileIdentityTests).FullName!, "--no-ansi", "--progress", "off"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = "1";
        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, output);
    }
}
