namespace Zerocopy.Samples.FileServer;

/// <summary>What to serve, and how far a client may go.</summary>
internal sealed record ServerOptions
{
    /// <summary>The folder that is served.</summary>
    internal required string Root { get; init; }

    /// <summary>What /run/NAME runs: no client adds to it.</summary>
    internal IReadOnlyDictionary<string, string> Commands { get; init; } = new Dictionary<string, string>();

    /// <summary>Files may be put.</summary>
    internal bool AllowPut { get; init; }

    /// <summary>The largest file that may be put.</summary>
    internal long PutBytesMax { get; init; }

    /// <summary>At most so many clients at once; the others wait in the listener's queue.</summary>
    internal int ConnectionsMax { get; init; }

    /// <summary>A connection ends after so long without a byte, between two requests or within a body.</summary>
    internal TimeSpan IdleTimeout { get; init; }

    /// <summary>A request's head is complete so long after its first byte.</summary>
    internal TimeSpan HeadTimeout { get; init; }

    /// <summary>Each connection gets a line once it has ended.</summary>
    internal bool Log { get; init; }

    /// <summary>Whether the kernel may be used.</summary>
    internal TransferMode Mode { get; init; }
}
