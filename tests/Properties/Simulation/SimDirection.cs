// The model beside one flow: what it has taken and written by the kernel's own books.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed class SimDirection(SimEnd source, SimEnd destination, int stream, FlowOptions options)
{
    internal SimEnd Source { get; } = source;

    internal SimEnd Destination { get; } = destination;

    /// <summary>Position 0 is the first byte of the prefix; the source's first byte follows it.</summary>
    internal int Stream { get; } = stream;

    internal FlowOptions Options { get; } = options;

    internal Flow Flow { get; init; } = new();

    internal long Taken { get; set; }

    internal long Buffered { get; set; }

    internal long Spliced { get; set; }

    internal long Written => Buffered + Spliced;

    internal bool IsZeroCopyOnly => Options.Mode == TransferMode.RequireZeroCopy;

    /// <summary>The kernel has refused to splice, and said why.</summary>
    internal Errno Refusal { get; set; }

    /// <summary>The last error other than would-block that any of its calls returned.</summary>
    internal Errno LastError { get; set; }

    /// <summary>What will go wrong, until it has.</summary>
    internal Mishap? Planned { get; set; }

    /// <summary>It is to be stopped at its next turn.</summary>
    internal bool IsCanceled { get; set; }

    /// <summary>An urgent mark of the source that a splice cannot pass has data behind it.</summary>
    internal bool MetMark { get; set; }

    internal int Verifications { get; set; }

    internal long StartMs { get; set; }

    /// <summary>Its end of stream has been passed on, or never will be.</summary>
    internal bool IsOver { get; set; }

    internal long LimitRemaining => Options.LimitBytes is { } limit ? limit - Taken : TransferResult.NoLimit;
}
