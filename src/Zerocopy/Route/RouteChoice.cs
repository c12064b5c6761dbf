namespace Zerocopy;

/// <summary>The table's route, as far as the mode and the descriptors at hand allow it.</summary>
internal static class RouteChoice
{
    /// <exception cref="NotSupportedException">Zero copy is required and not possible.</exception>
    internal static TransferMechanism Choose(
        in Endpoint source,
        in Endpoint destination,
        TransferMode mode,
        bool isMirrored = false,
        bool sharesFilePages = false)
    {
        if (source.Pipe is { } pipe && pipe == destination.Pipe)
        {
            throw ThrowHelper.PipeIntoItself("destination");
        }

        if (mode == TransferMode.CopyOnly || (mode == TransferMode.Auto && !Platform.HasKernel))
        {
            return TransferMechanism.ReadWrite;
        }

        TransferMechanism route = RouteTable.Find(source.Kind, destination.Kind);
        bool isFile = source.Kind == EndpointKind.RegularFile;
        if (isFile && (isMirrored || (route == TransferMechanism.Splice && !sharesFilePages)))
        {
            route = TransferMechanism.ReadWrite;
        }

        bool canSplice = source.CanSplice && destination.CanSplice && !destination.Appends;
        if (mode == TransferMode.RequireZeroCopy)
        {
            RequireZeroCopy(source, destination, route, canSplice);
        }

        // What is mirrored must pass through a pipe of the library: its bytes can be looked at twice.
        return !canSplice ? TransferMechanism.ReadWrite
            : isMirrored && route == TransferMechanism.Splice ? TransferMechanism.SpliceThroughPipe : route;
    }

    /// <summary>True if bytes are, or surely will be, copied from or to a pipe in blocking mode: there may be no pipe
    /// of the library by which that is read and written without waiting, so no loop may be where it is done.</summary>
    internal static bool MayBlock(TransferMechanism route, in Endpoint source, in Endpoint destination)
        => (source.MayBlock || destination.MayBlock)
            && (route == TransferMechanism.ReadWrite || !PipeCore.IsKernelThere);

    private static void RequireZeroCopy(
        in Endpoint source, in Endpoint destination, TransferMechanism route, bool canSplice)
    {
        if (!Platform.HasKernel)
        {
            throw ThrowHelper.NotZeroCopy($"not on Linux, or the switch {Platform.CopyOnlySwitch} is on");
        }

        if (route == TransferMechanism.ReadWrite)
        {
            throw ThrowHelper.NotZeroCopy(
                source.Kind == EndpointKind.RegularFile && destination.Kind == EndpointKind.Pipe
                    ? "a pipe would refer to the file's pages, so that later writes to the file show in it, unless " +
                        nameof(FlowOptions.ShareFilePages) + " allows that"
                    : $"from {Name(source)} to {Name(destination)} there is no route");
        }

        if (!canSplice)
        {
            throw ThrowHelper.NotZeroCopy(
                source.IsSelfCopy && !destination.Appends ? "one stream is both ends"
                    : destination.Appends
                    ? "the file is in append mode (O_APPEND), which the kernel does not splice to"
                    : "a descriptor blocks, and is no socket of .NET whose mode can be changed");
        }

        if (DescriptorProbe.SpliceRefusal() is { } refusal)
        {
            throw ThrowHelper.NotZeroCopy($"{refusal}, perhaps by a sandbox");
        }
    }

    private static string Name(in Endpoint endpoint) => endpoint.Kind switch
    {
        EndpointKind.TcpSocket => "a TCP socket",
        EndpointKind.UnixSocket => "a unix socket",
        EndpointKind.OtherSocket => "a socket that is neither TCP nor unix",
        EndpointKind.Pipe => "a pipe",
        EndpointKind.RegularFile => "a file",
        EndpointKind.Device => "a device",
        EndpointKind.MemoryPipe => "a pipe in memory",
        EndpointKind.Memory => "memory",
        EndpointKind.Pipeline => "a reader or writer of System.IO.Pipelines",
        _ => $"a {endpoint.Stream!.GetType().Name}",
    };
}
