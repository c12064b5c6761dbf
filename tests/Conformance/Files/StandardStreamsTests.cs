// Inherited descriptors: a program in a shell's pipeline that moves its standard input to its standard output.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

public sealed class StandardStreamsTests : IDisposable
{
    private const int Bytes = 400_009;

    private readonly PlacedFile _input = PlacedFile.OfPattern(Place.Disk, Bytes);
    private readonly PlacedFile _output = new(Place.Disk, "there "u8);

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    /// <summary>The child is <c>"$@"</c>.</summary>
    [Theory]
    [InlineData("\"$@\" < {in} > {out}", Call.Sync, false)]
    [InlineData("\"$@\" < {in} | cat > {out}", Call.Sync, false)]
    [InlineData("cat {in} | \"$@\" > {out}", Call.Sync, false)]
    [InlineData("cat {in} | \"$@\" | cat > {out}", Call.Async, false)]
    [InlineData("\"$@\" < {in} >> {out}", Call.Async, true)]
    [InlineData("cat {in} | \"$@\" >> {out}", Call.Sync, true)]
    [Cases("X-05", "X-09", "GO-105")]
    public void Input_to_output(string shell, Call call, bool appends)
    {
        Run(shell, "copy", $"{call}", "1", "3", "70000");
        AssertOutput(appends);
    }

    [Theory]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("X-09")]
    public void Input_to_the_standard_error(Call call)
    {
        Run("\"$@\" < {in} 2> {out}", "copy", $"{call}", "2");
        AssertOutput(appends: false);
    }

    // Its writer pauses: would-block of the descriptor is not the end, and the flag stays as it was.
    [Theory]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("GO-110")]
    public void A_non_blocking_input(Call call)
    {
        Run("(head -c 9 {in}; sleep 0.5; tail -c +10 {in}) | \"$@\" > {out}", "non-blocking", $"{call}");
        AssertOutput(appends: false);
    }

    [Theory]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public void A_directory_is_refused(Call call) => Run("\"$@\" < /tmp", "directory", $"{call}");

    [KernelOnly(Why.BlockingHandle)]
    [Theory]
    [InlineData(1, Call.Sync)]
    [InlineData(1, Call.Async)]
    [InlineData(2, Call.Async)]
    [Cases("GO-107")]
    public void Nobody_reads_the_output(int descriptor, Call call)
    {
        string redirect = descriptor == 1 ? "" : "2>&1 >/dev/null";
        string shell = $"{{ \"$@\" {redirect}; echo \"ended with $?\" > {{out}}; }} | true";
        Run(shell, "no reader", $"{call}", $"{descriptor}");
        Assert.Equal("ended with 0\n"u8.ToArray(), _output.ReadBytes());
    }

    private void Run(string shell, params string[] arguments)
    {
        string script = shell.Replace("{in}", _input.Path, StringComparison.Ordinal)
            .Replace("{out}", _output.Path, StringComparison.Ordinal);
        _ = ChildProcess.Run<StandardStreamsChild>(arguments, "sh", "-c", script, "sh");
    }

    private void AssertOutput(bool appends)
    {
        byte[] all = _output.ReadBytes();
        int before = appends ? 6 : 0;
        Assert.Equal(before + Bytes, all.Length);
        Assert.Equal("there "u8[..before], all.AsSpan(0, before));
        Pattern.Default.AssertEqual(all.AsSpan(before));
    }
}
