namespace Zerocopy;

/// <summary>Which mechanism serves a source and a destination: data, tested for totality. Every row ends in read and
/// write.</summary>
internal static class RouteTable
{
    private const int Kinds = 8;

    private const TransferRoute Rw = TransferRoute.ReadWrite;
    private const TransferRoute Pipe = TransferRoute.SpliceThroughPipe;
    private const TransferRoute One = TransferRoute.Splice;

    // Rows are sources, columns destinations, both in the order of EndpointKind.
    private static ReadOnlySpan<TransferRoute> Table =>
    [
        //               tcp   unix  other pipe  file  mpipe stream memory
        /* tcp */        Pipe, Pipe, Rw,   One,  Pipe, Rw,   Rw,    Rw,
        /* unix */       Pipe, Pipe, Rw,   One,  Pipe, Rw,   Rw,    Rw,
        /* other */      Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,    Rw,
        /* pipe */       One,  One,  Rw,   One,  One,  Rw,   Rw,    Rw,
        /* file */       Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,    Rw, // Sources of this kind are streams so far.
        /* memory pipe */Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,    Rw,
        /* stream */     Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,    Rw,
        /* memory */     Rw,   Rw,   Rw,   Rw,   Rw,   Rw,   Rw,    Rw,
    ];

    internal static TransferRoute Find(EndpointKind source, EndpointKind destination)
        => Table[((int)source * Kinds) + (int)destination];
}
