namespace Zerocopy;

/// <summary>Judges what is to get a copy of one direction's bytes, before anything is opened.</summary>
internal static class MirrorChoice
{
    private const string Parameter = nameof(FlowOptions.Mirror);

    /// <returns>Null if nothing is.</returns>
    /// <exception cref="ArgumentException">It cannot be written, or is an end of the transfer, or gets other bytes
    /// already.</exception>
    /// <exception cref="NotSupportedException">Zero copy is required, and it is no pipe of the kernel and cannot be
    /// given one.</exception>
    internal static Endpoint? Choose(FlowOptions options, in Endpoint source, in Endpoint destination)
    {
        if (options.Mirror is not { } mirror)
        {
            return null;
        }

        Endpoint endpoint = EndpointResolver.Resolve(mirror, EndpointResolver.Use.Write, Parameter);
        if (IsSame(endpoint, source) || IsSame(endpoint, destination))
        {
            throw ThrowHelper.Argument(Parameter, "an end of the transfer itself");
        }

        if (endpoint.Pipe is { } pipe && (pipe.IsTarget || (source.Pipe is { } from && pipe.Feeds(from))))
        {
            throw ThrowHelper.Argument(Parameter, "a pipe that is part of a tee already");
        }

        bool isCopied = endpoint.Kind == EndpointKind.MemoryPipe || !PipeCore.IsKernelThere;
        return options.Mode == TransferMode.RequireZeroCopy && isCopied
            ? throw ThrowHelper.NotZeroCopy("the mirror cannot have a pipe of the kernel") : endpoint;
    }

    private static bool IsSame(in Endpoint a, in Endpoint b)
        => (a.Pipe is not null && a.Pipe == b.Pipe)
            || (a.Handle is not null && ReferenceEquals(a.Handle, b.Handle))
            || (a.Stream is not null && ReferenceEquals(a.Stream, b.Stream))
            || (a.Kind == EndpointKind.RegularFile && b.Kind == EndpointKind.RegularFile && a.FileId == b.FileId);
}
