namespace Zerocopy;

/// <summary>Which mechanism serves a source and a destination: data, tested for totality. Every row ends in read and
/// write.</summary>
internal static class RouteTable
{
    private const int Kinds = 9;

    private const TransferRoute Rw = TransferRoute.ReadWrite;
    private const TransferRoute Two = TransferRoute.SpliceThroughPipe;
    private const TransferRoute One = TransferRoute.Splice;
    private const TransferRoute Send = TransferRoute.Sendfile;
    private const TransferRoute Copy = TransferRoute.CopyFileRange;

    // Rows are sources, columns destinations, both in the order of EndpointKind.
    private static ReadOnlySpan<TransferRoute> Table =>
    [
        //                tcp   unix  other pipe  file  dev   mpipe strm  mem
        /* tcp */         Two,  Two,  Rw,   One,  Two,  Rw,   Rw,   Rw,   Rw,
        /* unix */        Two,  Two,  Rw,   One,  Two,  Rw,   Rw,   Rw,   Rw,
        /* other */       Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* pipe */        One,  One,  Rw,   One,  One,  Rw,   Rw,   Rw,   Rw,
        /* file */        Send, Send, Rw,   One,  Copy, Rw,   Rw,   Rw,   Rw, // To a pipe only on request.
        /* device */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* memory pipe */ Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* stream */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* memory */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
    ];

    internal static TransferRoute Find(EndpointKind source, EndpointKind destination)
        => Table[((int)source * Kinds) + (int)destination];
}
