using System.IO.Pipelines;

namespace Zerocopy.Conformance.Pipelines;

/// <summary>Two pipes of System.IO.Pipelines, crosswise: the near end is for the library, the far one is the
/// peer's.</summary>
internal sealed class Duplex : IDuplexPipe
{
    private Duplex(PipeReader input, PipeWriter output)
    {
        Input = input;
        Output = output;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    internal static (Duplex Near, Duplex Far) Pair(PipeOptions? options = null)
    {
        System.IO.Pipelines.Pipe up = new(options ?? PipeOptions.Default);
        System.IO.Pipelines.Pipe down = new(options ?? PipeOptions.Default);
        return (new Duplex(up.Reader, down.Writer), new Duplex(down.Reader, up.Writer));
    }
}
