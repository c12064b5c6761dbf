using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>The first half of a connection: from its accept to an upstream that has answered, or to its end without
/// one.</summary>
internal sealed partial class ConnectionOperation
{
    private void Arrive(long nowMs)
    {
        _loop.Add(this);
        EndpointKind kind = _listener.IsUnix ? EndpointKind.UnixSocket : EndpointKind.TcpSocket;
        _client.Open(Kernel, kind, _clientFd, this);
        if (_loop.Core.IsAborting) // It was on its way here when the others were told.
        {
            EndDial(RelayConnectionEnd.Stopped, 0);
            return;
        }

        // Watched from here on: what it has sent by the time that the upstream answers is told with that answer.
        Errno error = (Errno)_client.Park();
        if (error == 0)
        {
            Dial(nowMs);
        }
        else
        {
            EndDial(RelayConnectionEnd.NoDescriptors, error);
        }
    }

    /// <summary>Begins with the next address of the upstream.</summary>
    private void Dial(long nowMs)
    {
        Moved made = DialMachine.OpenSocket(Kernel, Upstream);
        if (made.IsError)
        {
            EndDial(RelayConnectionEnd.NoDescriptors, (Errno)made.Error);
            return;
        }

        _upstreamFd.Open(Kernel, made.Count);
        EndpointKind kind = Upstream.IsUnix ? EndpointKind.UnixSocket : EndpointKind.TcpSocket;
        _upstream.Open(Kernel, kind, _upstreamFd, this);
        _upstream.Marks = Readiness.None; // What it is is told once it is connected.
        _dialDueMs = Settings.ConnectTimeoutMs >= 0 ? nowMs + Settings.ConnectTimeoutMs : long.MaxValue;
        _dial = default;
        _dial.Begin(Kernel, _upstream.Fd, Upstream, nowMs);
        WaitForDial(nowMs);
    }

    private void GoOnDialing(long nowMs)
    {
        if (HasClientLeft)
        {
            EndDial(RelayConnectionEnd.ClientLeft, 0);
            return;
        }

        if (_dial.Phase == DialMachine.Phases.QueueFull && nowMs >= _dial.DueMs)
        {
            _dial.Begin(Kernel, _upstream.Fd, Upstream, nowMs);
        }
        else if (_dial.Phase == DialMachine.Phases.Connecting)
        {
            _dial.Take(Kernel, _upstream.Fd, _upstream.Marks);
        }

        if (_dial.Phase is DialMachine.Phases.Connecting or DialMachine.Phases.QueueFull && nowMs >= _dialDueMs)
        {
            _dial.Fail(Errno.ETIMEDOUT);
        }

        WaitForDial(nowMs);
    }

    private void WaitForDial(long nowMs)
    {
        if (_dial.Phase == DialMachine.Phases.Connecting)
        {
            Errno error = (Errno)_upstream.Park();
            if (error != 0)
            {
                _dial.Fail(error);
            }
        }

        switch (_dial.Phase)
        {
            case DialMachine.Phases.Connected:
                BeginRelay(nowMs);
                break;
            case DialMachine.Phases.Failed:
                DialFailed(nowMs);
                break;
            default:
                Arm(Math.Min(_dialDueMs, _dial.DueMs));
                break;
        }
    }

    /// <summary>Nothing was sent yet, so the next address may serve as well.</summary>
    private void DialFailed(long nowMs)
    {
        if (_dial.Error == Errno.ECANCELED)
        {
            EndDial(RelayConnectionEnd.Stopped, 0);
        }
        else if (++_tried < Settings.Upstream.Length)
        {
            CloseUpstream();
            Dial(nowMs);
        }
        else
        {
            bool isLate = _dial.Error == Errno.ETIMEDOUT && nowMs >= _dialDueMs;
            EndDial(
                isLate ? RelayConnectionEnd.ConnectTimeout : RelayConnectionEnd.ConnectFailed, _dial.Error);
        }
    }

    /// <summary>It comes to no relay: the client, to whom nothing was promised, sees a reset.</summary>
    private void EndDial(RelayConnectionEnd end, Errno error)
    {
        CloseUpstream();
        _client.CloseOurs(Loop, reset: true, hasFinished: false);
        _end = end;
        _error = error;
        if (end is not (RelayConnectionEnd.Stopped or RelayConnectionEnd.ClientLeft))
        {
            Settings.Warnings?.CannotConnect(LastUpstream.EndPoint, error, Loop.ClockMs);
        }

        End();
    }

    private void CloseUpstream()
    {
        if (!_upstreamFd.IsClosing)
        {
            _upstream.CloseOurs(Loop, reset: false, hasFinished: true); // Nobody has answered there.
        }
    }
}
