// epoll, eventfd and poll: three ways to wait.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class EpollTests
{
    private const EventFdFlags NonBlocking = EventFdFlags.NonBlocking | EventFdFlags.CloseOnExec;

    [Fact]
    public void Events_come_back_with_their_tokens()
    {
        using OwnedFd epoll = NewEpoll();
        using EpollEventBuffer events = new(8);
        using FdPair first = FdPair.Pipe();
        using FdPair second = FdPair.Pipe();
        Result.Is(0, Syscall.EpollAdd(
            epoll.Borrow(), first.A, EpollEvents.In, 0xFEDC_BA98_7654_3210));
        Result.Is(0, Syscall.EpollAdd(epoll.Borrow(), second.A, EpollEvents.In, ulong.MaxValue));
        Result.Is(0, Syscall.EpollWait(epoll.Borrow(), events, timeoutMs: 0));

        Result.Is(1, Syscall.Write(first.B, "x"u8));
        Result.Is(1, Syscall.Write(second.B, "x"u8));

        Result.Is(2, Syscall.EpollWait(epoll.Borrow(), events, timeoutMs: 1000));
        Assert.Equal(new EpollEvent(EpollEvents.In, 0xFEDC_BA98_7654_3210), events[0]);
        Assert.Equal(new EpollEvent(EpollEvents.In, ulong.MaxValue), events[1]);
    }

    [Fact]
    public void An_edge_is_reported_once_and_again_after_a_modify()
    {
        using OwnedFd epoll = NewEpoll();
        using EpollEventBuffer events = new(1);
        using FdPair pipe = FdPair.Pipe();
        const EpollEvents Edge = EpollEvents.In | EpollEvents.EdgeTriggered;
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        Result.Is(0, Syscall.EpollAdd(epoll.Borrow(), pipe.A, Edge, 1));

        Result.Is(1, Syscall.EpollWait(epoll.Borrow(), events, 0));
        Result.Is(0, Syscall.EpollWait(epoll.Borrow(), events, 0));
        Result.Is(0, Syscall.EpollModify(epoll.Borrow(), pipe.A, Edge, 2));
        Result.Is(1, Syscall.EpollWait(epoll.Borrow(), events, 0));
        Assert.Equal(2UL, events[0].Token);
        Result.Is(0, Syscall.EpollRemove(epoll.Borrow(), pipe.A));
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        Result.Is(0, Syscall.EpollWait(epoll.Borrow(), events, 0));
    }

    [Fact]
    public void Hang_ups_are_named()
    {
        using OwnedFd epoll = NewEpoll();
        using EpollEventBuffer events = new(1);
        using FdPair tcp = FdPair.Tcp();
        const EpollEvents All = EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp
            | EpollEvents.Priority | EpollEvents.EdgeTriggered;
        Result.Is(0, Syscall.EpollAdd(epoll.Borrow(), tcp.A, All, 7));
        Result.Is(1, Syscall.EpollWait(epoll.Borrow(), events, 1000));
        Assert.Equal(EpollEvents.Out, events[0].Events);

        Result.Is(0, Syscall.Shutdown(tcp.B, ShutdownHow.Send));

        Result.Is(1, Syscall.EpollWait(epoll.Borrow(), events, 1000));
        Assert.Equal(EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp, events[0].Events);
    }

    [Fact]
    public void Misuse_of_epoll_has_its_errno()
    {
        using OwnedFd epoll = NewEpoll();
        using FdPair pipe = FdPair.Pipe();
        using TestFile file = new();
        BorrowedFd fd = epoll.Borrow();

        Result.Is(0, Syscall.EpollAdd(fd, pipe.A, EpollEvents.In, 0));
        Result.Fails(Errno.EEXIST, Syscall.EpollAdd(fd, pipe.A, EpollEvents.In, 0));
        Result.Fails(Errno.ENOENT, Syscall.EpollRemove(fd, pipe.B));
        Result.Fails(Errno.ENOENT, Syscall.EpollModify(fd, pipe.B, EpollEvents.In, 0));
        Result.Fails(Errno.EPERM, Syscall.EpollAdd(fd, file.Fd, EpollEvents.In, 0));
        Result.Fails(Errno.EBADF, Syscall.EpollAdd(fd, default, EpollEvents.In, 0));
        Result.Fails(Errno.EINVAL, Syscall.EpollCreate((EpollCreateFlags)1));
        using EpollEventBuffer disposed = new(1);
        disposed.Dispose();
        Result.Fails(Errno.EINVAL, Syscall.EpollWait(fd, disposed, 0));
    }

    [Fact]
    public void A_buffer_answers_within_its_capacity_only()
    {
        using EpollEventBuffer events = new(3);
        Assert.Equal(3, events.Capacity);
        Assert.Equal(default, events[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => events[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => events[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EpollEventBuffer(0));

        events.Dispose();
        events.Dispose();
        Assert.Equal(0, events.Capacity);
        Assert.Throws<ArgumentOutOfRangeException>(() => events[0]);
    }

    [Fact]
    public void A_waiting_thread_is_woken_by_an_eventfd()
    {
        using OwnedFd epoll = NewEpoll();
        using EpollEventBuffer events = new(1);
        using OwnedFd waker = OwnedFd.FromRaw((int)Result.Ok(Syscall.EventFd(0, NonBlocking)));
        Result.Is(0, Syscall.EpollAdd(epoll.Borrow(), waker.Borrow(), EpollEvents.In, 9));
        using Timer timer = new(
            _ => Syscall.EventFdSignal(waker.Borrow()), null, dueTime: 50, period: -1);

        SysResult woken;
        do
        {
            woken = Syscall.EpollWait(epoll.Borrow(), events, timeoutMs: 20_000);
        }
        while (woken.Errno == Errno.EINTR);
        Result.Is(1, woken);
        Assert.Equal(9UL, events[0].Token);
    }

    [Fact]
    public void An_eventfd_counts()
    {
        using OwnedFd counter = OwnedFd.FromRaw((int)Result.Ok(Syscall.EventFd(5, NonBlocking)));
        using OwnedFd semaphore = OwnedFd.FromRaw((int)Result.Ok(
            Syscall.EventFd(2, NonBlocking | EventFdFlags.Semaphore)));

        Result.Is(8, Syscall.EventFdSignal(counter.Borrow(), 3));
        Result.Is(8, Syscall.EventFdTake(counter.Borrow(), out ulong sum));
        Result.Fails(Errno.EAGAIN, Syscall.EventFdTake(counter.Borrow(), out ulong none));
        Assert.Equal((8UL, 0UL), (sum, none));
        Result.Is(8, Syscall.EventFdSignal(counter.Borrow(), ulong.MaxValue - 1));
        Result.Fails(Errno.EAGAIN, Syscall.EventFdSignal(counter.Borrow()));
        Result.Is(8, Syscall.EventFdTake(semaphore.Borrow(), out ulong one));
        Assert.Equal(1UL, one);
        Result.Fails(Errno.EINVAL, Syscall.EventFd(0, (EventFdFlags)2));
    }

    [Fact]
    public void Poll_answers_for_each_descriptor()
    {
        using FdPair pipe = FdPair.Pipe();
        using FdPair broken = FdPair.Pipe();
        broken.First.Dispose();
        Span<PollFd> fds =
        [
            new(pipe.A, PollEvents.In),
            new(pipe.B, PollEvents.Out),
            new(default, PollEvents.In),
            new(broken.B, PollEvents.None),
            new(BorrowedFd.FromRaw(int.MaxValue), PollEvents.In),
        ];

        Result.Is(3, Syscall.Poll(fds, timeoutMs: 0));
        Assert.Equal(PollEvents.None, fds[0].Returned);
        Assert.Equal(PollEvents.Out, fds[1].Returned);
        Assert.Equal(PollEvents.None, fds[2].Returned);
        Assert.Equal(PollEvents.Error, fds[3].Returned);
        Assert.Equal(PollEvents.Invalid, fds[4].Returned);
        Assert.Equal(pipe.A.Raw, fds[0].Fd.Raw);
        Assert.Equal(PollEvents.Out, fds[1].Events);
    }

    [Fact]
    public void Poll_says_0_after_the_timeout()
    {
        using FdPair pipe = FdPair.Pipe();

        Result.Is(0, Syscall.Poll([new PollFd(pipe.A, PollEvents.In)], timeoutMs: 1));
        Result.Is(0, Syscall.Poll([], timeoutMs: 0));
    }

    private static OwnedFd NewEpoll() => OwnedFd.FromRaw(
        (int)Result.Ok(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec)));
}
