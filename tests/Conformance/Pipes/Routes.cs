// Which mechanism serves which pair, as the design has it: written down once more, so that the library's table cannot
// change unseen.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

/// <summary>What stands at one end of a transfer.</summary>
public enum EndKind
{
    Pipe,
    Tcp,
    Unix,
    Stream,
    File,
}

internal static class Routes
{
    internal static (EndKind Source, EndKind Destination, TransferMechanism Route)[] Rows { get; } =
    [
        (EndKind.Pipe, EndKind.Pipe, TransferMechanism.Splice),
        (EndKind.Pipe, EndKind.Tcp, TransferMechanism.Splice),
        (EndKind.Pipe, EndKind.Unix, TransferMechanism.Splice),
        (EndKind.Pipe, EndKind.File, TransferMechanism.Splice),
        (EndKind.Pipe, EndKind.Stream, TransferMechanism.ReadWrite),
        (EndKind.Tcp, EndKind.Pipe, TransferMechanism.Splice),
        (EndKind.Unix, EndKind.Pipe, TransferMechanism.Splice),
        (EndKind.Stream, EndKind.Pipe, TransferMechanism.ReadWrite),
        (EndKind.Tcp, EndKind.File, TransferMechanism.SpliceThroughPipe),
        (EndKind.Unix, EndKind.File, TransferMechanism.SpliceThroughPipe),
    ];

    /// <summary>The route that a result has to name.</summary>
    internal static TransferMechanism Of(EndKind source, EndKind destination, TransferMode mode = TransferMode.Auto)
        => mode == TransferMode.CopyOnly || !Platform.HasKernel
            ? TransferMechanism.ReadWrite
            : Rows.Single(row => (row.Source, row.Destination) == (source, destination)).Route;

    internal static EndKind Kind(this Family family) => family == Family.Tcp ? EndKind.Tcp : EndKind.Unix;

    /// <summary>So many bytes, by the mechanism that the route and the mode allow.</summary>
    internal static void AssertMoved(
        TransferResult result, long count, TransferMechanism route, TransferMode mode = TransferMode.Auto)
    {
        route = Matrix.Here(route);
        Assert.Equal((count, count), (result.BytesWritten, result.BytesConsumed));
        Assert.Equal((0L, 0L, 0), (result.BytesSendfile, result.BytesCopyFileRange, result.FallbackError));
        Assert.Equal(count, result.BytesSpliced + result.BytesBuffered);
        Assert.Equal(route, result.Mechanism);
        if (route == TransferMechanism.ReadWrite)
        {
            Assert.Equal(count, result.BytesBuffered);
        }
        else if (mode == TransferMode.RequireZeroCopy)
        {
            Assert.Equal(count, result.BytesSpliced);
        }
    }

    /// <summary>What failed, and with which errno; without a kernel the exception of .NET is inside instead.</summary>
    internal static void AssertFailed(TransferException thrown, TransferSide side, int errno)
    {
        Assert.Equal(side, thrown.Side);
        if (Platform.HasKernel)
        {
            Assert.Equal(errno, thrown.Error);
        }
    }
}
