namespace Zerocopy.Samples.Recorder;

/// <summary>What was written to the files of one connection.</summary>
/// <param name="Name">Of the file, or of the first and the last one; null: it was not recorded.</param>
/// <param name="Spliced">Bytes that splice(2) wrote there.</param>
/// <param name="Copied">Bytes that were written there from memory.</param>
/// <param name="EndedBy">Why it ended.</param>
internal readonly record struct Recorded(string? Name, long Spliced, long Copied, string EndedBy)
{
    public override string ToString()
        => Name is null ? "not recorded" : $"{Spliced + Copied} bytes recorded in {Name}, ended by {EndedBy}";
}

/// <summary>Where one connection is recorded.</summary>
internal abstract class Recording : IDisposable
{
    /// <summary>What the relay mirrors the stream into.</summary>
    internal abstract TransferEndpoint Mirror { get; }

    /// <summary>The relay is over: writes what is left, and closes.</summary>
    /// <param name="mirror">What the relay says about <see cref="Mirror"/>.</param>
    internal abstract ValueTask<Recorded> FinishAsync(TeeResult? mirror);

    public abstract void Dispose();

    private protected static string Why(TeeResult? mirror)
        => mirror is null ? "Abandoned" : mirror.Exception is { } e ? $"{mirror.EndedBy}: {e.Message}"
            : $"{mirror.EndedBy}";
}
