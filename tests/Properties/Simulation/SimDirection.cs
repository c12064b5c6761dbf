// The model beside one flow: what it has taken and written by the kernel's own books.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed class SimDirection(SimEnd source, SimEnd destination, int stream, FlowOptions options)
{
    internal SimEnd Source { get; } = source;

    internal SimEnd Destination { get; } = destination;

    internal int Stream { get; } = stream;

    internal FlowOptions Options { get; } = options;

    internal Flow Flow { get; init; } = new();

    /// <summary>What gets every byte before it leaves the source, which is the user's pipe.</summary>
    internal List<SimTarget> Tees { get; } = [];

    /// <summary>What gets every byte before the destination does.</summary>
    internal SimTarget? Mirror { get; set; }

    internal IEnumerable<SimTarget> Targets => Mirror is null ? Tees : [.. Tees, Mirror];

    /// <summary>Everything that it may wait for, as the library and as the kernel has it.</summary>
    internal IEnumerable<(FlowEnd End, SimFd Fd)> Ends
        => [(Source, Source.Descriptor), (Destination, Destination.Descriptor),
            .. Targets.Select(target => ((FlowEnd)target.End, (SimFd)target.Pipe.WriteSide))];

    internal long Taken { get; private set; }

    internal long Buffered { get; private set; }

    internal long Spliced { get; private set; }

    internal long Written => Buffered + Spliced;

    /// <summary>Where in the stream this flow's first byte is, that of its prefix included: it may go on where another
    /// one was stopped.</summary>
    internal long Start { get; init; }

    /// <summary>Where in the stream the destination's next byte is, and the source's.</summary>
    internal long NextWritten => Start + Written;

    internal long NextTaken => Start + Options.Prefix.Length + Taken;

    /// <summary>Bytes that are neither in the source any more nor in the destination.</summary>
    internal long InTransit => NextTaken - NextWritten;

    /// <summary>Bytes that were only looked at, and are in the destination before they have left the source.</summary>
    internal int Owed => (int)Math.Max(0, -InTransit);

    /// <summary>The last call has looked at bytes of the source; they are still there.</summary>
    internal bool HasLooked { get; set; }

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

    /// <summary>How often in a row, without a byte moved, both ends were asked and both claimed to be ready.</summary>
    internal int BothClaimed { get; set; }

    /// <summary>One of its targets is closed by this process at its next turn.</summary>
    internal bool ClosesTarget { get; set; }

    /// <summary>The same of its source.</summary>
    internal bool ClosesSource { get; set; }

    /// <summary>What it gave back when it was released; null if nobody wanted it.</summary>
    internal ReadOnlyMemory<byte>? Undelivered { get; set; }

    internal long LimitRemaining => Options.LimitBytes is { } limit ? limit - Taken : TransferResult.NoLimit;

    /// <summary>Bytes leave the source: whoever is teed has them already.</summary>
    internal void TakeFromSource(int count)
    {
        Taken += count;
        HasLooked = Owed > 0;
        BothClaimed = 0;
        Source.Descriptor.HasClaimed = false;
        foreach (SimTarget tee in Tees)
        {
            RequireMirrored(tee, NextTaken);
        }
    }

    /// <summary>Bytes reach the destination: whoever mirrors it has them already.</summary>
    internal void Give(int count, bool spliced)
    {
        Buffered += spliced ? 0 : count;
        Spliced += spliced ? count : 0;
        BothClaimed = 0;
        Destination.Descriptor.HasClaimed = false;
        if (Mirror is not null)
        {
            RequireMirrored(Mirror, NextWritten);
        }
    }

    private static void RequireMirrored(SimTarget target, long position)
        => LawBrokenException.Require(
            !target.HoldsBack || target.Got >= position, $"{position} bytes have left, a target has {target.Got}");
}
