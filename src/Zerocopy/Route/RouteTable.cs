namespace Zerocopy;

/// <summary>Which mechanism serves a source and a destination: data, tested for totality. Every row ends in read and
/// write.</summary>
internal static class RouteTable
{
    private const int Kinds = 10;

    private const TransferMechanism Rw = TransferMechanism.ReadWrite;
    private const TransferMechanism Two = TransferMechanism.SpliceThroughPipe;
    private const TransferMechanism One = TransferMechanism.Splice;
    private const TransferMechanism Send = TransferMechanism.Sendfile;
    private const TransferMechanism Copy = TransferMechanism.CopyFileRange;

    // Rows are sources, columns destinations, both in the order of EndpointKind.
    private static ReadOnlySpan<TransferMechanism> Table =>
    [
        //                tcp   unix  other pipe  file  dev   mpipe strm  pline mem
        /* tcp */         Two,  Two,  Rw,   One,  Two,  Rw,   Rw,   Rw,   Rw,   Rw,
        /* unix */        Two,  Two,  Rw,   One,  Two,  Rw,   Rw,   Rw,   Rw,   Rw,
        /* other */       Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* pipe */        One,  One,  Rw,   One,  One,  Rw,   Rw,   Rw,   Rw,   Rw,
        /* file */        Send, Send, Rw,   One,  Copy, Rw,   Rw,   Rw,   Rw,   Rw, // To a pipe only on request.
        /* device */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* memory pipe */ Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* stream */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* pipeline */    Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
        /* memory */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,
    ];

    internal static TransferMechanism Find(EndpointKind source, EndpointKind destination)
        => Table[((int)source * Kinds) + (int)destination];
}
