// Pipes that somebody else has made, in every form in which .NET has them.
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

public enum PipeForm
{
    /// <summary>Anonymous pipe streams: in blocking mode until their first async call.</summary>
    Streams,

    /// <summary>Named pipe streams, which are unix sockets.</summary>
    NamedStreams,

    /// <summary>Bare handles, as a program inherits them.</summary>
    Blocking,

    NonBlocking,

    /// <summary>A FIFO with a name, opened as a file.</summary>
    Fifo,
}

/// <summary>Both ends. The library gets one of them, the test reads or writes the other by its descriptor.</summary>
internal sealed class ForeignPipe : IDisposable
{
    private readonly IDisposable _readOwner;
    private readonly IDisposable _writeOwner;
    private readonly SafeHandle _readHandle;
    private readonly SafeHandle _writeHandle;

    private ForeignPipe(
        TransferEndpoint readEnd,
        IDisposable readOwner,
        SafeHandle readHandle,
        TransferEndpoint writeEnd,
        IDisposable writeOwner,
        SafeHandle writeHandle)
    {
        (ReadEnd, _readOwner, _readHandle) = (readEnd, readOwner, readHandle);
        (WriteEnd, _writeOwner, _writeHandle) = (writeEnd, writeOwner, writeHandle);
    }

    internal TransferEndpoint ReadEnd { get; }

    internal TransferEndpoint WriteEnd { get; }

    internal StatusFlags ReadFlags => HandleState.FlagsOf(_readHandle);

    internal StatusFlags WriteFlags => HandleState.FlagsOf(_writeHandle);

    internal static ForeignPipe Open(PipeForm form) => form switch
    {
        PipeForm.Streams => OpenStreams(),
        PipeForm.NamedStreams => OpenNamedStreams(),
        PipeForm.Fifo => OpenFifo(),
        _ => OpenHandles(form == PipeForm.Blocking ? PipeFlags.None : PipeFlags.NonBlocking),
    };

    internal void CloseRead() => _readOwner.Dispose();

    internal void CloseWrite() => _writeOwner.Dispose();

    /// <summary>Writes so many bytes of the pattern and closes the write end; on a thread of its own.</summary>
    internal Task<long> Feed(long total, int chunk = 50_000) => Deadline.OnThread(() =>
    {
        for (long done = 0; done < total;)
        {
            int length = (int)Math.Min(chunk, total - done);
            Write(Pattern.Default.Slice(done, length).Span);
            done += length;
        }

        CloseWrite();
        return total;
    });

    /// <summary>Reads to the end and compares every byte with the pattern.</summary>
    internal Task<long> Drain(long start = 0) => Deadline.OnThread(() =>
    {
        byte[] buffer = new byte[65536];
        long done = 0;
        for (int count; (count = Read(buffer)) > 0;)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), start + done);
            done += count;
        }

        return done;
    });

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        Assert.True(FdLease.TryAcquire(_writeHandle, out FdLease lease), "the write end is closed");
        using (lease)
        {
            while (bytes.Length > 0)
            {
                SysResult written = Syscall.Write(lease.Fd, bytes);
                if (written.Errno == Errno.EAGAIN)
                {
                    Poll(lease.Fd, PollEvents.Out);
                    continue;
                }

                Assert.False(written.IsError, $"write: {written}");
                bytes = bytes[(int)written.Value..];
            }
        }
    }

    internal int Read(Span<byte> buffer)
    {
        Assert.True(FdLease.TryAcquire(_readHandle, out FdLease lease), "the read end is closed");
        using (lease)
        {
            while (true)
            {
                SysResult read = Syscall.Read(lease.Fd, buffer);
                if (read.Errno != Errno.EAGAIN)
                {
                    Assert.False(read.IsError, $"read: {read}");
                    return (int)read.Value;
                }

                Poll(lease.Fd, PollEvents.In);
            }
        }
    }

    /// <summary>Fills it, so that one more byte has to wait.</summary>
    /// <returns>How many bytes of the pattern are in it.</returns>
    internal int Fill()
    {
        StatusFlags before = HandleState.FlagsOf(_writeHandle);
        HandleState.SetFlags(_writeHandle, before | StatusFlags.NonBlocking);
        Assert.True(FdLease.TryAcquire(_writeHandle, out FdLease lease));
        int done = 0;
        using (lease)
        {
            while (Syscall.Write(lease.Fd, Pattern.Default.Slice(done, 4096).Span) is { IsError: false } written)
            {
                done += (int)written.Value;
            }
        }

        HandleState.SetFlags(_writeHandle, before);
        return done;
    }

    public void Dispose()
    {
        CloseRead();
        CloseWrite();
    }

    private static void Poll(BorrowedFd fd, PollEvents events)
        => _ = Syscall.Poll([new PollFd(fd, events)], timeoutMs: 100);

    private static ForeignPipe OpenStreams()
    {
        AnonymousPipeServerStream read = new(PipeDirection.In);
        AnonymousPipeClientStream write = new(PipeDirection.Out, read.ClientSafePipeHandle);
        return new ForeignPipe(read, read, read.SafePipeHandle, write, write, write.SafePipeHandle);
    }

    private static ForeignPipe OpenNamedStreams()
    {
        string name = Path.GetRandomFileName();
        NamedPipeServerStream read = new(name, PipeDirection.In);
        NamedPipeClientStream write = new(".", name, PipeDirection.Out);
        Task connected = Deadline.OnThread(read.WaitForConnection);
        write.Connect(Deadline.Ms);
        connected.GetAwaiter().GetResult();
        return new ForeignPipe(read, read, read.SafePipeHandle, write, write, write.SafePipeHandle);
    }

    private static ForeignPipe OpenHandles(PipeFlags flags)
    {
        Assert.False(Syscall.Pipe2(out int readFd, out int writeFd, flags | PipeFlags.CloseOnExec).IsError);
        return Of(new SafeFileHandle(readFd, ownsHandle: true), new SafeFileHandle(writeFd, ownsHandle: true));
    }

    private static ForeignPipe OpenFifo()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using (Process make = Process.Start("mkfifo", [path]))
        {
            make.WaitForExit();
            Assert.Equal(0, make.ExitCode);
        }

        Task<SafeFileHandle> opening = Deadline.OnThread(
            () => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        SafeFileHandle write = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        SafeFileHandle read = opening.GetAwaiter().GetResult();
        File.Delete(path);
        return Of(read, write);
    }

    private static ForeignPipe Of(SafeFileHandle read, SafeFileHandle write)
        => new(read, read, read, write, write, write);
}
