using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>The ends of one operation, each of them once: a socket that is both source and destination is one end, a pipe
/// that is both is two. What is done to all of them is written here once.</summary>
internal sealed class EndSet
{
    private readonly List<FlowEnd> _ends = [];
    private readonly List<FlowEnd> _idle = []; // Of the last use, for the next one.
    private FlowOperation? _owner;
    private IKernel? _kernel;
    private CancellationToken _streams;
    private Action? _wake;

    internal int Count => _ends.Count;

    /// <summary>True if one of them can be disposed without that anything tells.</summary>
    internal bool AreUntold => _ends.Exists(static end => end.IsUntold);

    /// <summary>True if one of them wakes whoever waits; descriptors are polled instead.</summary>
    internal bool NeedWake => _ends.Exists(static end => end is MemoryPipeEnd);

    internal FlowEnd this[int index] => _ends[index];

    /// <summary>For an operation, which is posted when an end may be ready.</summary>
    internal void Begin(IKernel? kernel, FlowOperation owner, CancellationToken streams)
    {
        _kernel = kernel;
        _owner = owner;
        _streams = streams;
        _wake = null;
    }

    /// <summary>For a sync transfer, which polls.</summary>
    /// <param name="kernel">The kernel, or null.</param>
    /// <param name="wake">Ends its wait.</param>
    internal void Begin(IKernel? kernel, Action wake)
    {
        _kernel = kernel;
        _owner = null;
        _wake = wake;
    }

    internal FlowEnd OpenSource(in Endpoint endpoint) => Open(endpoint, isSource: true);

    internal FlowEnd OpenDestination(in Endpoint endpoint) => Open(endpoint, isSource: false);

    /// <summary>Leases what can be leased; what is closed is marked.</summary>
    internal void Enter()
    {
        foreach (FlowEnd end in _ends)
        {
            _ = end.TryEnter();
        }
    }

    internal void Exit()
    {
        foreach (FlowEnd end in _ends)
        {
            end.Exit();
        }
    }

    internal void TakeEdges()
    {
        foreach (FlowEnd end in _ends)
        {
            end.TakeEdges();
        }
    }

    /// <summary>From here on edges are told.</summary>
    /// <returns>0, or the errno that makes waiting for <paramref name="failed"/> impossible.</returns>
    internal int Park(out FlowEnd? failed)
    {
        foreach (FlowEnd end in _ends)
        {
            int error = end.Park();
            if (error != 0)
            {
                failed = end;
                return error;
            }
        }

        failed = null;
        return 0;
    }

    /// <returns>False if it takes until a later turn, which will be posted.</returns>
    internal bool Leave()
    {
        bool areOut = true;
        foreach (FlowEnd end in _ends)
        {
            areOut &= end.Leave();
        }

        return areOut;
    }

    /// <summary>Lets go of what they name, which stays open.</summary>
    internal void Close()
    {
        _idle.Clear();
        foreach (FlowEnd end in _ends)
        {
            end.Close();
            if (end is not (StreamEnd or MemoryPipeEnd))
            {
                _idle.Add(end);
            }
        }

        _ends.Clear();
        _owner = null;
        _wake = null;
    }

    private FlowEnd Open(in Endpoint endpoint, bool isSource) => endpoint.Kind switch
    {
        EndpointKind.Stream => OpenStream(endpoint),
        EndpointKind.Memory => OpenMemory(endpoint),
        EndpointKind.MemoryPipe => Add(new MemoryPipeEnd((MemoryPipe)endpoint.Pipe!, isSource, _wake ?? _owner!.Post)),
        EndpointKind.Pipe => endpoint.Pipe is { } pipe ? OpenPipe(pipe, isSource) : OpenForeignPipe(endpoint, isSource),
        EndpointKind.Device => OpenDevice(endpoint, isSource),
        EndpointKind.RegularFile => OpenFile(endpoint),
        _ => OpenSocket(endpoint),
    };

    private FlowEnd OpenStream(in Endpoint endpoint)
    {
        foreach (FlowEnd end in _ends)
        {
            if (end is StreamEnd known && known.Is(endpoint.Stream!))
            {
                return known;
            }
        }

        return Add(new StreamEnd(endpoint, _owner, _streams) { Siblings = this });
    }

    private MemoryEnd OpenMemory(in Endpoint endpoint)
    {
        MemoryEnd end = Idle<MemoryEnd>() ?? new MemoryEnd();
        end.Open(endpoint.Memory);
        _ends.Add(end);
        return end;
    }

    // What follows is apart, and not even named by its type: where everything is copied by streams, Zerocopy.Sys is
    // never loaded.
#pragma warning disable CA1859
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowEnd OpenSocket(in Endpoint endpoint)
    {
        foreach (FlowEnd end in _ends)
        {
            if (end is SocketEnd known && ReferenceEquals(known.Handle, endpoint.Handle))
            {
                return known;
            }
        }

        SocketEnd socket = Idle<SocketEnd>() ?? new SocketEnd();
        socket.Open(_kernel!, endpoint, _owner);
        return Add(socket);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowEnd OpenPipe(PipeCore core, bool isReadEnd)
    {
        KernelPipe pipe = (KernelPipe)core;
        PipeEnd end = Idle<PipeEnd>() ?? new PipeEnd();
        end.Open(_kernel!, pipe, isReadEnd, _owner);
        _ends.Add(end);
        if (isReadEnd)
        {
            foreach (PipeCore target in pipe.Targets)
            {
                end.AddTarget((PipeEnd)OpenPipe(target, isReadEnd: false));
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowEnd OpenForeignPipe(in Endpoint endpoint, bool isReadEnd)
    {
        ForeignPipeEnd end = Idle<ForeignPipeEnd>() ?? new ForeignPipeEnd();
        end.Open(_kernel!, endpoint, isReadEnd, _owner);
        return Add(end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowEnd OpenDevice(in Endpoint endpoint, bool isSource)
    {
        DeviceEnd end = Idle<DeviceEnd>() ?? new DeviceEnd();
        end.Open(_kernel!, endpoint, isSource, _owner);
        return Add(end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowEnd OpenFile(in Endpoint endpoint)
    {
        FileEnd file = Idle<FileEnd>() ?? new FileEnd();
        file.Open(_kernel!, endpoint);
        return Add(file);
    }
#pragma warning restore CA1859

    private FlowEnd Add(FlowEnd end)
    {
        _ends.Add(end);
        return end;
    }

    private T? Idle<T>()
        where T : FlowEnd
    {
        for (int i = 0; i < _idle.Count; i++)
        {
            if (_idle[i] is T idle)
            {
                _idle.RemoveAt(i);
                return idle;
            }
        }

        return null;
    }
}
