// A file system of one file, served by this process through FUSE: who reads the file sleeps until he is woken.
using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

/// <remarks>The protocol: include/uapi/linux/fuse.h, version 7.31. Mounted in the mount namespace of this process, with
/// which it goes.</remarks>
internal sealed class SleepingFileSystem : IDisposable
{
    private const int InHeader = 40;
    private const int OutHeader = 16;
    private const int AttributeBytes = 88;
    private const ulong RootNode = 1;
    private const ulong FileNode = 2;
    private const uint DirectoryMode = 0x41ED; // S_IFDIR | 0755
    private const uint FileMode = 0x81A4; // S_IFREG | 0644
    private const int RequestBytesMax = 1 << 17;

    private readonly SafeFileHandle _device;
    private readonly byte[] _content;
    private readonly ManualResetEventSlim _wakeUp = new();
    private readonly Task _server;
    private volatile bool _hasSleeper;

    private SleepingFileSystem(SafeFileHandle device, string directory, byte[] content)
    {
        _device = device;
        _content = content;
        File = Path.Combine(directory, "file");
        _server = Deadline.OnThread(Serve);
    }

    private enum Request : uint
    {
        Lookup = 1,
        Forget = 2,
        GetAttributes = 3,
        Open = 14,
        Read = 15,
        Release = 18,
        Flush = 25,
        Initialize = 26,
        Interrupt = 36,
        Destroy = 38,
        ForgetMany = 42,
    }

    /// <summary>The path of the one file.</summary>
    internal string File { get; }

    /// <summary>True while somebody waits for a byte of it.</summary>
    internal bool HasSleeper => _hasSleeper;

    /// <returns>Null where there is no FUSE, or this user may not mount.</returns>
    internal static SleepingFileSystem? Mount(string directory, byte[] content)
    {
        SafeFileHandle device;
        try
        {
            device = System.IO.File.OpenHandle("/dev/fuse", System.IO.FileMode.Open, FileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (Libc.MountFuse(device, directory))
        {
            return new SleepingFileSystem(device, directory, content);
        }

        device.Dispose();
        return null;
    }

    /// <summary>From now on nobody sleeps any more.</summary>
    internal void Wake() => _wakeUp.Set();

    public void Dispose()
    {
        _wakeUp.Set();
        Libc.Unmount(Path.GetDirectoryName(File)!); // Whereupon the device says ENODEV.
        _server.GetAwaiter().GetResult();
        _device.Dispose();
        _wakeUp.Dispose();
    }

    private void Serve()
    {
        byte[] request = new byte[RequestBytesMax + 4096];
        if (!FdLease.TryAcquire(_device, out FdLease lease))
        {
            return;
        }

        using (lease)
        {
            while (true)
            {
                SysResult read = Syscall.Read(lease.Fd, request);
                if (read.Errno is Errno.ENODEV)
                {
                    return;
                }

                if (!read.IsError && Answer(request.AsSpan(0, (int)read.Value)) is { } answer)
                {
                    _ = Syscall.Write(lease.Fd, answer); // ENOENT: whoever asked has gone.
                }
            }
        }
    }

    /// <returns>Null for what is not answered.</returns>
    private byte[]? Answer(ReadOnlySpan<byte> request)
    {
        Request what = (Request)BinaryPrimitives.ReadUInt32LittleEndian(request[4..]);
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(request[8..]);
        ulong node = BinaryPrimitives.ReadUInt64LittleEndian(request[16..]);
        ReadOnlySpan<byte> argument = request[InHeader..];
        return what switch
        {
            Request.Forget or Request.ForgetMany or Request.Interrupt => null,
            Request.Initialize => Reply(id, Initialized()),
            Request.Lookup when node == RootNode && Encoding.UTF8.GetString(argument) == "file\0" => Reply(id, Entry()),
            Request.Lookup => Refusal(id, Errno.ENOENT),
            Request.GetAttributes => Reply(id, [.. new byte[16], .. Attributes(node)]),
            Request.Open => Reply(id, new byte[16]),
            Request.Read => Reply(id, Slept(argument)),
            Request.Release or Request.Flush or Request.Destroy => Reply(id, []),
            _ => Refusal(id, Errno.ENOSYS),
        };
    }

    private static byte[] Initialized()
    {
        byte[] made = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(made, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(4), 31);
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(8), RequestBytesMax); // Read ahead.
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(20), RequestBytesMax); // Written at once.
        return made;
    }

    private byte[] Entry()
    {
        byte[] made = new byte[40];
        BinaryPrimitives.WriteUInt64LittleEndian(made, FileNode);
        return [.. made, .. Attributes(FileNode)];
    }

    private byte[] Attributes(ulong node)
    {
        byte[] made = new byte[AttributeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(made, node);
        BinaryPrimitives.WriteUInt64LittleEndian(made.AsSpan(8), node == FileNode ? (ulong)_content.Length : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(60), node == FileNode ? FileMode : DirectoryMode);
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(64), 1); // Links.
        return made;
    }

    private byte[] Slept(ReadOnlySpan<byte> argument)
    {
        int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(argument[8..]);
        int size = (int)BinaryPrimitives.ReadUInt32LittleEndian(argument[16..]);
        _hasSleeper = true;
        _wakeUp.Wait();
        _hasSleeper = false;
        return _content.AsSpan(Math.Min(offset, _content.Length)..Math.Min(offset + size, _content.Length)).ToArray();
    }

    private static byte[] Refusal(ulong id, Errno errno) => Message(id, -(int)errno, []);

    private static byte[] Reply(ulong id, ReadOnlySpan<byte> body) => Message(id, 0, body);

    private static byte[] Message(ulong id, int error, ReadOnlySpan<byte> body)
    {
        byte[] made = new byte[OutHeader + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(made, made.Length);
        BinaryPrimitives.WriteInt32LittleEndian(made.AsSpan(4), error);
        BinaryPrimitives.WriteUInt64LittleEndian(made.AsSpan(8), id);
        body.CopyTo(made.AsSpan(OutHeader));
        return made;
    }
}
