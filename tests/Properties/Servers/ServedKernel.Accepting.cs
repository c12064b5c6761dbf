// Listening sockets: who is woken, and what accept4 says.
using System.Net;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServedKernel
{
    private static readonly Errno[] s_ofTheConnection =
        [Errno.ECONNABORTED, Errno.EPROTO, Errno.ENETUNREACH, Errno.ETIMEDOUT];

    private static readonly Errno[] s_wants = [Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM];

    private readonly Dictionary<(int Loop, ServedListener Listener), long> _wantedMs = [];

    private readonly Dictionary<(int Loop, ServedListener Listener), int> _earlyRetries = [];

    internal int Accepted { get; private set; }

    /// <summary>Accepting was refused for want of something, or watching the listener again was.</summary>
    internal int Wants { get; private set; }

    internal long LastWantMs { get; private set; } = long.MinValue;

    /// <summary>The loop that is asked first whether it sleeps: as Linux does it, always the same. -1: any.</summary>
    internal int FirstWoken { get; set; } = -1;

    /// <summary>How many connections each loop has, as the server counts them.</summary>
    internal Func<int[]>? GetCounts { get; set; }

    internal ServedListener? ListenerAt(int fd) => _open.GetValueOrDefault(fd) as ServedListener;

    internal ServedListener Listen(EndPoint endPoint)
    {
        ServedListener listener = new(TakeNumber(), endPoint);
        _open.Add(listener.Fd, listener);
        return listener;
    }

    /// <summary>A client has connected: the listening socket is readable for one loop that sleeps, and for those before
    /// it that do not; sometimes for more.</summary>
    internal void Arrive(ServedListener listener, ServedSocket client)
    {
        Sockets.Add(client);
        listener.Waiting.Enqueue(client);
        int first = FirstWoken >= 0 ? FirstWoken : random.Below(Epolls.Count);
        for (int i = 0; i < Epolls.Count; i++)
        {
            if (Epolls[(first + i) % Epolls.Count].Wake(listener) && !random.Chance(20))
            {
                return;
            }
        }
    }

    /// <summary>By epoll.</summary>
    internal Errno AddsListener(ServedListener listener, bool isAgain)
    {
        JudgeRetry(listener);
        if (Fails(schedule.Faults / (isAgain ? 3 : 50)))
        {
            if (isAgain)
            {
                NoteWant(listener);
            }

            return FailsToWatch(listener.Fd);
        }

        trace.Add("watch", "a listener", listener.Fd, Running, 0);
        return 0;
    }

    /// <summary>By epoll.</summary>
    internal Errno AddsSocket(BorrowedFd fd, ServedEpoll epoll, out ServedSocket socket)
    {
        socket = Use(fd, "watch");
        Require(epoll == Epolls[Running], "watched by another loop");
        Require(socket.Watch is null, $"{fd.Raw} is watched twice");
        if (Fails(schedule.Faults / 20))
        {
            socket.LacksMemory = true;
            Errno error = FailsToWatch(fd.Raw);
            _ = socket.Errors.Add(error);
            return error;
        }

        if (socket.IsClient)
        {
            _dialing[Running] = socket;
        }

        trace.Add("watch", "a socket", fd.Raw, Running, 0);
        return 0;
    }

    public override Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
    {
        const string Call = "accept";
        Before();
        addressLength = 0;
        ServedListener? from = ListenerAt(listener.Raw);
        Require(from is not null, $"{Call} of {listener.Raw}, which does not listen");
        Require(Running >= 0 && Epolls[Running].Watches(from!), "accepts where it does not watch");
        if (from!.Waiting.Count == 0)
        {
            return WouldBlock(Call, listener.Raw, 0, "nobody");
        }

        if (!HasNumbers(1) || Fails(schedule.Faults / 6))
        {
            NoteWant(from);
            return Fail(Call, null, listener.Raw, 0, HasNumbers(1) ? random.Pick<Errno>(s_wants) : Errno.EMFILE);
        }

        ServedSocket client = from.Waiting.Dequeue();
        if (Fails(schedule.Faults / 6))
        {
            client.IsClosed = true;
            client.Reset(Errno.ECONNRESET);
            _fruitless = 0;
            return Fail(Call, null, listener.Raw, 0, random.Pick<Errno>(s_ofTheConnection));
        }

        int fd = TakeNumber();
        _open.Add(fd, client);
        client.TakeNumber(fd);
        client.AcceptedBy = Running;
        client.DueLoop = PickLoop();
        client.MovedMs = NowMs;
        Accepted++;
        SocketAddress bytes = client.Address!.Serialize();
        bytes.Buffer.Span[..bytes.Size].CopyTo(address);
        addressLength = bytes.Size;
        return Say(Call, listener.Raw, 0, "a connection", Moved.Bytes(fd));
    }

    /// <summary>Here, or on the emptiest loop if this one has a quarter and 8 more than the mean.</summary>
    private int PickLoop()
    {
        const int UnevenMin = 8;
        int[] counts = GetCounts!();
        int mean = counts.Sum() / counts.Length;
        int here = counts[Running];
        return here * 4 > mean * 5 && here >= mean + UnevenMin ? Array.IndexOf(counts, counts.Min()) : Running;
    }

    private void NoteWant(ServedListener listener)
    {
        Wants++;
        LastWantMs = NowMs;
        _wantedMs[(Running, listener)] = NowMs;
    }

    /// <summary>After a want a loop waits, and goes on earlier at most once for each connection that ends.</summary>
    private void JudgeRetry(ServedListener listener)
    {
        const int EarlyMs = 50; // Half of what it waits: a loop's clock is behind.
        if (_wantedMs.Remove((Running, listener), out long wantedMs) && NowMs < wantedMs + EarlyMs)
        {
            int retries = _earlyRetries.GetValueOrDefault((Running, listener)) + 1;
            _earlyRetries[(Running, listener)] = retries;
            int ended = Accepted - GetCounts!().Sum();
            Require(retries <= ended, $"accepts again at once, {retries} times, and {ended} connections have ended");
        }
    }

    private Errno FailsToWatch(int fd)
    {
        Errno error = random.Pick<Errno>([Errno.ENOSPC, Errno.ENOMEM]);
        trace.Add("watch", error.Name(), fd, Running, 0);
        return error;
    }
}
