namespace Zerocopy.Samples.FileServer;

/// <summary>What a request's head says, as far as this server listens.</summary>
internal sealed class RequestHead
{
    internal required string Method { get; init; }

    internal required RequestPath Path { get; init; }

    internal required bool IsHttp10 { get; init; }

    /// <summary>The client wants to send another request after this one.</summary>
    internal bool KeepsAlive { get; set; }

    /// <summary>Bytes of the body; null if it has none.</summary>
    internal long? ContentLength { get; set; }

    internal bool ExpectsContinue { get; set; }

    /// <summary>A part of a file is put: not here.</summary>
    internal bool HasContentRange { get; set; }

    internal string? Range { get; set; }

    internal string? IfRange { get; set; }

    internal string? IfNoneMatch { get; set; }

    internal string? IfModifiedSince { get; set; }

    internal bool IsHead => Method == "HEAD";

    internal bool HasBody => ContentLength > 0;
}
