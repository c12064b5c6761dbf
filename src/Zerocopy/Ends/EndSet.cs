namespace Zerocopy;

/// <summary>The ends of one operation, each of them once: a socket that is both source and destination is one end, a
/// pipe that is both is two. What is done to all of them is written here once.</summary>
/// <remarks>A field of its owner, never copied: every idle relay has one.</remarks>
internal struct EndSet
{
    private readonly FlowRunner _runner;
    private FlowEnd?[] _ends = new FlowEnd?[2]; // Beyond the count: those of the last use, for the next one.
    private int _count;

    internal EndSet(FlowRunner runner) => _runner = runner;

    private readonly IKernel Kernel => _runner.Resources.Kernel!;

    /// <summary>Those that are open.</summary>
    internal readonly ReadOnlySpan<FlowEnd> Open => _ends.AsSpan(0, _count)!;

    /// <summary>True if one of them may post whoever runs it even when it has let go of it: a call that is over
    /// late.</summary>
    internal readonly bool MayPostLate
    {
        get
        {
            foreach (FlowEnd end in Open)
            {
                if (end.MayPostLate)
                {
                    return true;
                }
            }

            return false;
        }
    }

    internal FlowEnd OpenSource(in Endpoint endpoint) => OpenEnd(endpoint, isSource: true);

    internal FlowEnd OpenDestination(in Endpoint endpoint) => OpenEnd(endpoint, isSource: false);

    /// <summary>Leases what can be leased; what is closed is marked.</summary>
    internal readonly void Enter()
    {
        foreach (FlowEnd end in Open)
        {
            _ = end.TryEnter();
        }
    }

    internal readonly void Exit()
    {
        foreach (FlowEnd end in Open)
        {
            end.Exit();
        }
    }

    internal readonly void TakeEdges()
    {
        foreach (FlowEnd end in Open)
        {
            end.TakeEdges();
        }
    }

    /// <summary>From here on edges are told.</summary>
    /// <returns>0, or the errno that makes waiting for <paramref name="failed"/> impossible.</returns>
    internal readonly int Park(out FlowEnd? failed)
    {
        foreach (FlowEnd end in Open)
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
    internal readonly bool Leave()
    {
        bool areOut = true;
        foreach (FlowEnd end in Open)
        {
            areOut &= end.Leave();
        }

        return areOut;
    }

    /// <summary>Lets go of what they name, which stays open.</summary>
    /// <returns>What the first one threw that did not let itself be brought up to date, or null.</returns>
    internal Exception? Close()
    {
        Exception? failure = null;
        for (int i = 0; i < _count; i++)
        {
            try
            {
                _ends[i]!.Close();
            }
            catch (Exception e)
            {
                failure ??= e;
            }

            if (_ends[i]!.ServesOnce)
            {
                _ends[i] = null;
            }
        }

        _count = 0;
        return failure;
    }

    private FlowEnd OpenEnd(in Endpoint endpoint, bool isSource) => endpoint.Kind switch
    {
        EndpointKind.Stream => OpenStream(endpoint),
        EndpointKind.Pipeline => OpenPipeline(endpoint),
        EndpointKind.Memory => OpenMemory(endpoint),
        EndpointKind.MemoryPipe => Add(new MemoryPipeEnd((MemoryPipe)endpoint.Pipe!, isSource, _runner)),
        EndpointKind.TcpSocket or EndpointKind.UnixSocket or EndpointKind.OtherSocket when !Platform.HasKernel =>
            OpenPlainSocket(endpoint),
        EndpointKind.RegularFile when !Platform.HasKernel => Add(new PlainFileEnd(endpoint, _runner)),
        EndpointKind.Pipe => endpoint.Pipe is { } pipe ? OpenPipe(pipe, isSource) : OpenForeignPipe(endpoint, isSource),
        EndpointKind.Device => OpenDevice(endpoint, isSource),
        EndpointKind.RegularFile => OpenFile(endpoint),
        _ => OpenSocket(endpoint),
    };

    private StreamEnd OpenStream(in Endpoint endpoint)
    {
        foreach (FlowEnd end in Open)
        {
            if (end is StreamEnd known && known.Is(endpoint.Stream!))
            {
                return known;
            }
        }

        return Add(new StreamEnd(endpoint, _runner));
    }

    private PipelineEnd OpenPipeline(in Endpoint endpoint)
    {
        foreach (FlowEnd end in Open)
        {
            if (end is PipelineEnd known && known.Is(endpoint))
            {
                return known;
            }
        }

        return Add(new PipelineEnd(endpoint, _runner));
    }

    private PlainSocketEnd OpenPlainSocket(in Endpoint endpoint)
    {
        foreach (FlowEnd end in Open)
        {
            if (end is PlainSocketEnd known && known.Is(endpoint.Handle!))
            {
                return known;
            }
        }

        return Add(new PlainSocketEnd(endpoint, _runner));
    }

    private MemoryEnd OpenMemory(in Endpoint endpoint)
    {
        MemoryEnd end = Idle<MemoryEnd>() ?? new MemoryEnd();
        end.Open(endpoint.Memory);
        return Add(end);
    }

    private SocketEnd OpenSocket(in Endpoint endpoint)
    {
        foreach (FlowEnd end in Open)
        {
            if (end is SocketEnd known && ReferenceEquals(known.Given, endpoint.Handle))
            {
                return known;
            }
        }

        SocketEnd socket = Idle<SocketEnd>() ?? new SocketEnd();
        socket.Open(Kernel, endpoint, _runner);
        return Add(socket);
    }

    private PipeEnd OpenPipe(PipeCore core, bool isReadEnd)
    {
        KernelPipe pipe = (KernelPipe)core;
        PipeEnd end = Idle<PipeEnd>() ?? new PipeEnd();
        end.Open(Kernel, pipe, isReadEnd, _runner);
        _ = Add(end);
        if (isReadEnd)
        {
            foreach (PipeCore target in pipe.Targets)
            {
                end.AddTarget(OpenPipe(target, isReadEnd: false));
            }
        }

        return end;
    }

    private ForeignPipeEnd OpenForeignPipe(in Endpoint endpoint, bool isReadEnd)
    {
        ForeignPipeEnd end = Idle<ForeignPipeEnd>() ?? new ForeignPipeEnd();
        end.Open(endpoint, isReadEnd, _runner);
        return Add(end);
    }

    private DeviceEnd OpenDevice(in Endpoint endpoint, bool isSource)
    {
        DeviceEnd end = Idle<DeviceEnd>() ?? new DeviceEnd();
        end.Open(Kernel, endpoint, isSource, _runner);
        return Add(end);
    }

    private FileEnd OpenFile(in Endpoint endpoint)
    {
        FileEnd file = Idle<FileEnd>() ?? new FileEnd();
        file.Open(Kernel, endpoint, _runner);
        return Add(file);
    }

    private TEnd Add<TEnd>(TEnd end)
        where TEnd : FlowEnd
    {
        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, _count * 2);
        }

        // One that is idle there goes to a free place, or to the collector.
        if (_ends[_count] is { } idle && Array.IndexOf(_ends, null) is >= 0 and int free)
        {
            _ends[free] = idle;
        }

        _ends[_count++] = end;
        return end;
    }

    private readonly T? Idle<T>()
        where T : FlowEnd
    {
        for (int i = _count; i < _ends.Length; i++)
        {
            if (_ends[i] is T idle)
            {
                _ends[i] = null;
                return idle;
            }
        }

        return null;
    }
}
