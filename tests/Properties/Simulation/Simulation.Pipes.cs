// Makes the flows of the schedules with pipes of the user's, mirrors and tees.
namespace Zerocopy.Properties.Simulation;

internal sealed partial class Simulation
{
    private const int LegsMax = 5;

    // The library's own object of a pipe, for ends whose object plays no part: nothing is asked of it.
    private static readonly KernelPipe s_owner = MakeOwner();

    private readonly List<KernelPipe> _owners = [];

    private void OpenPipeTransfer()
    {
        bool fromPipe = _random.Chance(50);
        SimDirection direction = OpenPipes(
            fromPipe ? OpenSourcePipe() : null, fromPipe && _random.Chance(60) ? null : OpenDestinationPipe());
        Start(direction, watches: true);
    }

    private void OpenMirrored()
    {
        TeeOptions tee = PickTeeOptions();
        SimPipe pipe = OpenTargetPipe();
        KernelPipe owner = MakeOwner();
        _owners.Add(owner);
        Endpoint endpoint = new(EndpointKind.Pipe, null, null, null, CanSplice: true, WakesOnDispose: false)
        {
            Pipe = owner,
        };
        TeeTarget mirror = TeeTarget.Mirror(endpoint, tee, TransferMode.Auto);
        SimDirection direction = OpenPipes(
            _random.Chance(25) ? OpenSourcePipe() : null, _random.Chance(30) ? OpenDestinationPipe() : null);
        direction.Mirror = new SimTarget(pipe, mirror.State, tee, direction.Start);
        direction.Mirror.Open(_kernel, s_owner);
        pipe.Target = direction.Mirror;
        Start(direction, watches: true, new FlowMirror(mirror, direction.Mirror.End));
    }

    /// <summary>Flows out of one pipe, each going on where the one before it was stopped: what its tees have got ahead
    /// of it outlives each of them.</summary>
    private void RunTeed()
    {
        SimPipe source = OpenSourcePipe();
        KernelPipe owner = MakeOwner();
        _owners.Add(owner);
        source.Owner = owner;
        List<SimTarget> targets = [];
        for (int i = _random.Between(1, 4); i > 0; i--)
        {
            TeeOptions options = PickTeeOptions();
            TeeBranch branch = new(
                options.OnLag == TeeLag.Detach, options.OnFailure == TeeFailure.Stop, static _ => { });
            SimPipe pipe = OpenTargetPipe();
            pipe.Target = new SimTarget(pipe, branch, options, 0);
            owner.Tees.Add(branch);
            targets.Add(pipe.Target);
        }

        SimDirection? last = null;
        for (int leg = 1; leg <= LegsMax; leg++)
        {
            SimDirection next = OpenLeg(source, owner, targets, last, isLast: leg == LegsMax);
            Start(next, watches: true);
            RunAll();
            last = next;
            bool goesOn = next.Flow.End
                is TransferEnd.LimitReached or TransferEnd.Canceled or TransferEnd.DestinationFailed;
            if (!goesOn)
            {
                break;
            }
        }
    }

    private SimDirection OpenLeg(
        SimPipe source, KernelPipe owner, List<SimTarget> targets, SimDirection? last, bool isLast)
    {
        SimPipe? to = _random.Chance(50) ? OpenDestinationPipe() : null;
        FlowOptions options = MakeOptions(out _) with
        {
            LimitBytes = isLast ? null : _random.Between(1, _schedule.KiB * 400),
            Prefix = last?.Undelivered ?? default,
        };
        long start = last is null ? 0 : last.Undelivered is null ? last.NextTaken : last.NextWritten;
        PipeEnd end = new();
        end.OpenSimulated(_kernel, owner, isReadEnd: true, source.ReadEnd);
        SimDirection direction = Open(
            source.ReadSide, end, to, last?.Stream ?? source.Stream, start, options, PickPipeMishap());
        foreach (SimTarget target in targets)
        {
            target.Open(_kernel, s_owner);
            end.AddTarget(target.End);
            direction.Tees.Add(target);
        }

        return direction;
    }

    /// <summary>A flow from that pipe, or from a socket, to that pipe, or to a socket.</summary>
    private SimDirection OpenPipes(SimPipe? from, SimPipe? to)
    {
        FlowOptions options = MakeOptions(out int prefixLength);
        int stream = from?.Stream ?? _nextStream++;
        Mishap? mishap = PickPipeMishap();
        options = options with
        {
            // The content of a pipe begins at position 0: bytes before that have a stream of their own.
            Prefix = from is null ? SimContent.Memory(stream, 0, prefixLength) : default,
            Mode = mishap?.Kind == MishapKind.Refusal ? TransferMode.Auto : options.Mode,
        };
        if (from is not null)
        {
            PipeEnd end = new();
            end.OpenSimulated(_kernel, s_owner, isReadEnd: true, from.ReadEnd);
            return Open(from.ReadSide, end, to, stream, 0, options, mishap);
        }

        SimSocket socket = _kernel.OpenSocket(_random.Chance(40));
        PeerStyle style = _random.Pick<PeerStyle>([PeerStyle.Any, PeerStyle.Large, PeerStyle.Large, PeerStyle.Marked]);
        _kernel.AddActor(MakePeer(
            socket, stream, options.Prefix.Length, PickBytes(), PickEnd(PeerEnd.Fin), style, null));
        return Open(socket, null, to, stream, 0, options, mishap);
    }

    private SimDirection Open(
        SimFd from, PipeEnd? fromEnd, SimPipe? to, int stream, long start, FlowOptions options, Mishap? mishap)
    {
        SimEnd source = from is SimPipeSide side ? new SimEnd(side, fromEnd!) : new SimEnd(_kernel, (SimSocket)from);
        SimEnd destination;
        if (to is not null)
        {
            PipeEnd end = new();
            end.OpenSimulated(_kernel, s_owner, isReadEnd: false, to.WriteEnd);
            destination = new SimEnd(to.WriteSide, end);
        }
        else
        {
            SimSocket socket = _kernel.OpenSocket(_random.Chance(40));
            _kernel.AddActor(MakePeer(socket, 0, 0, 0, PeerEnd.Never, PeerStyle.Any, null));
            destination = new SimEnd(_kernel, socket);
        }

        SimDirection direction = new(source, destination, stream, options) { Planned = mishap, Start = start };
        from.Reader = direction;
        destination.Descriptor.Writer = direction;
        return direction;
    }

    private SimPipe OpenSourcePipe()
    {
        SimPipe pipe = _kernel.OpenUserPipe(PickSlots());
        pipe.Stream = _nextStream++;
        PeerEnd end = _random.Chance(_schedule.Faults / 4) ? PeerEnd.Never : PeerEnd.Fin;
        _kernel.AddActor(new SimPipeWriter(pipe, _random, pipe.Stream, 0, PickBytes(), end));
        return pipe;
    }

    private SimPipe OpenDestinationPipe() => OpenReadPipe(strangers: _random.Chance(25) ? 20 : 0);

    private SimPipe OpenTargetPipe() => OpenReadPipe(strangers: 0);

    private SimPipe OpenReadPipe(int strangers)
    {
        SimPipe pipe = _kernel.OpenUserPipe(PickSlots());
        _kernel.AddActor(new SimPipeReader(pipe, _random)
        {
            ReadMax = _schedule.KiB * _random.Pick<int>([3, 10, 100, 1000]),
            StopsReadingAfter = _random.Chance(_schedule.Faults / 8) ? PickBytes() : long.MaxValue,
            ClosesAfter = _random.Chance(_schedule.Faults / 4) ? PickBytes() : long.MaxValue,
            Strangers = strangers,
        });
        return pipe;
    }

    private int PickSlots() => _random.Pick<int>([1, 2, 3, 5, 8, 16, 16]);

    private Mishap? PickPipeMishap()
        => _random.Chance(Math.Min(95, _schedule.Faults * 2))
            ? Mishap.PickForPipes(_random, _schedule.Kind) : null;

    private TeeOptions PickTeeOptions() => new()
    {
        OnLag = _random.Chance(30) ? TeeLag.Detach : TeeLag.Wait,
        OnFailure = _random.Chance(40) ? TeeFailure.Stop : TeeFailure.Detach,
    };

    private void CloseTarget(SimDirection direction)
    {
        direction.ClosesTarget = false;
        SimTarget[] living = [.. direction.Targets.Where(target => target.Branch.IsLiving && !target.IsClosedHere)];
        if (living.Length > 0)
        {
            SimTarget closed = living[_random.Below(living.Length)];
            closed.CloseHere(_kernel, s_owner);
        }
    }

    private static KernelPipe MakeOwner()
        => KernelPipe.TryCreate(PipeCore.CapacityDefault) ?? throw new InvalidOperationException("no pipe");
}
