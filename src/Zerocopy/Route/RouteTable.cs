namespace Zerocopy;

/// <summary>Which mechanism serves a source and a destination: data, tested for totality. Every row ends in read and
/// write.</summary>
internal static class RouteTable
{
    private const int Kinds = 4;

    private const TransferRoute Rw = TransferRoute.ReadWrite;
    private const TransferRoute Pipe = TransferRoute.SpliceThroughPipe;

    // Rows are sources, columns destinations, both in the order of EndpointKind.
    private static ReadOnlySpan<TransferRoute> Table =>
    [
        //         tcp   unix  other stream
        /* tcp */    Pipe, Pipe, Rw, Rw,
        /* unix */   Pipe, Pipe, Rw, Rw,
        /* other */  Rw, Rw, Rw, Rw,
        /* stream */ Rw, Rw, Rw, Rw,
    ];

    internal static TransferRoute Find(EndpointKind source, EndpointKind destination)
        => Table[((int)source * Kinds) + (int)destination];
}
