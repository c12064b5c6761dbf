using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Micro;

/// <summary>What the benchmarks move bytes between.</summary>
internal static class Ends
{
    /// <summary>Two unix stream sockets, connected to each other.</summary>
    internal static (Socket Near, Socket Far) Sockets()
    {
        SysResult made = Syscall.SocketPair(
            SocketKind.Stream, Sys.SocketFlags.CloseOnExec, out int first, out int second);
        Require(!made.IsError);
        return (new Socket(new SafeSocketHandle(first, ownsHandle: true)),
            new Socket(new SafeSocketHandle(second, ownsHandle: true)));
    }

    /// <summary>A non-blocking pipe.</summary>
    internal static (OwnedFd ReadEnd, OwnedFd WriteEnd) Pipe()
    {
        SysResult made = Syscall.Pipe2(
            out int readEnd, out int writeEnd, PipeFlags.CloseOnExec | PipeFlags.NonBlocking);
        Require(!made.IsError);
        return (OwnedFd.FromRaw(readEnd), OwnedFd.FromRaw(writeEnd));
    }

    internal static FdLease Lease(SafeHandle handle)
    {
        Require(FdLease.TryAcquire(handle, out FdLease lease));
        return lease;
    }

    /// <summary>The descriptor of a handle that the caller keeps open.</summary>
    internal static int NumberOf(SafeHandle handle)
    {
        using FdLease lease = Lease(handle);
        return lease.Raw;
    }

    internal static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Receives so many bytes, no fewer.</summary>
    internal static int Receive(Socket socket, Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int count = socket.Receive(bytes[done..]);
            Require(count > 0);
            done += count;
        }

        return done;
    }

    /// <summary>Waits without allocating, which turning it into a task would.</summary>
    internal static T Wait<T>(in ValueTask<T> task)
    {
        while (!task.IsCompleted)
        {
            Thread.Yield();
        }

        return task.GetAwaiter().GetResult();
    }

    /// <summary>A benchmark of what does not work measures nothing.</summary>
    internal static void Require(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("Not what was to be measured.");
        }
    }
}
