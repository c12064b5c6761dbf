// The two ends of a case, and who is behind them.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Files;

/// <summary>A file of a case: its name, what was opened, where it must stand afterwards.</summary>
internal sealed class CaseFile : IDisposable
{
    private readonly string _path;
    private readonly FilePlace _place;
    private readonly FileStream? _stream;
    private readonly SafeFileHandle? _handle;

    internal CaseFile(FilePlace place, ReadOnlySpan<byte> content, bool isSparse, bool isSource)
    {
        const string Memory = "/dev/shm";
        _place = place;
        string directory = place.InMemory && Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        _path = Path.Combine(directory, Path.GetRandomFileName());
        using (FileStream made = File.Create(_path))
        {
            if (isSparse)
            {
                made.SetLength(content.Length);
                RandomAccess.Write(made.SafeFileHandle, content[..(place.Offset + 1)], 0);
                RandomAccess.Write(made.SafeFileHandle, content[^1..], content.Length - 1);
            }
            else
            {
                made.Write(content);
            }
        }

        const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
        FileAccess access = isSource ? FileAccess.Read : FileAccess.ReadWrite;
        if (place.Form == FileForm.Stream)
        {
            _stream = new FileStream(_path, FileMode.Open, access, Share, place.BufferBytes);
            OpenAt(isSource);
            Endpoint = _stream;
        }
        else
        {
            _handle = File.OpenHandle(_path, FileMode.Open, access, Share);
            Seek(place.Form == FileForm.Handle ? place.Offset : 3, SeekFrom.Start);
            Endpoint = place.Form == FileForm.Handle
                ? _handle : TransferEndpoint.FromHandle(_handle, place.Offset);
        }
    }

    internal TransferEndpoint Endpoint { get; }

    /// <summary>Where it stands after so many bytes.</summary>
    internal void AssertPosition(int moved, string what)
    {
        long due = _place.Form == FileForm.HandleAt ? 3 : _place.Offset + moved;
        long position = _stream?.Position ?? Seek(0, SeekFrom.Current);
        Assert.True(position == due, $"position {position}, not {due}: {what}");
    }

    /// <summary>The stream goes on from there, and does not show what it had read before.</summary>
    internal void AssertGoesOn(ReadOnlySpan<byte> all, string what)
    {
        if (_stream is null || !_place.Touches)
        {
            return;
        }

        byte[] next = new byte[100];
        long position = _stream.Position;
        int count = _stream.ReadAtLeast(next, next.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> due = all[(int)Math.Min(position, all.Length)..];
        Assert.True(next.AsSpan(0, count).SequenceEqual(due[..Math.Min(100, due.Length)]), $"what comes next: {what}");
        _stream.Position = Math.Max(0, position - 50);
        count = _stream.ReadAtLeast(next, next.Length, throwOnEndOfStream: false);
        due = all[(int)Math.Min(Math.Max(0, position - 50), all.Length)..];
        Assert.True(next.AsSpan(0, count).SequenceEqual(due[..Math.Min(100, due.Length)]), $"what came last: {what}");
    }

    internal byte[] ReadAll()
    {
        _stream?.Flush();
        return File.ReadAllBytes(_path);
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _handle?.Dispose();
        File.Delete(_path);
    }

    /// <summary>Before the transfer the stream has been used, and has read ahead or kept back.</summary>
    private void OpenAt(bool isSource)
    {
        if (_place is { Touches: true, Offset: > 0 })
        {
            _stream!.Position = _place.Offset - 1;
            if (isSource)
            {
                _ = _stream.ReadByte();
            }
            else
            {
                int before = _stream.ReadByte();
                _stream.Position = _place.Offset - 1;
                _stream.WriteByte((byte)Math.Max(before, 0));
            }
        }

        _stream!.Position = _place.Offset;
    }

    private long Seek(long offset, SeekFrom from)
    {
        Assert.True(FdLease.TryAcquire(_handle, out FdLease lease));
        using (lease)
        {
            return Syscall.Seek(lease.Fd, offset, from).Value;
        }
    }
}

/// <summary>What feeds a source that is no file, and what collects from a destination that is none.</summary>
internal sealed class Party : IDisposable
{
    private readonly Connection? _connection;
    private readonly Pipe? _pipe;
    private readonly MemoryStream? _stream;
    private readonly FileCase _case;

    private Party(FileCase c, FileEndKind kind, byte[]? content)
    {
        _case = c;
        switch (kind)
        {
            case FileEndKind.Pipe:
                _pipe = Pipe.Create();
                Endpoint = _pipe;
                break;
            case FileEndKind.Stream:
                _stream = content is null ? new MemoryStream() : new MemoryStream(content);
                Endpoint = _stream;
                break;
            default:
                _connection = Connection.Open(kind == FileEndKind.Unix);
                Endpoint = _connection.Ours;
                break;
        }
    }

    internal TransferEndpoint Endpoint { get; }

    private Task<byte[]> Collected { get; set; } = Task.FromResult<byte[]>([]);

    internal static Party Feed(FileCase c)
    {
        byte[] content = c.Content();
        Party party = new(c, c.From, content);
        party.Collected = PipePeers.OnItsOwnThread(() => party.Write(content));
        return party;
    }

    internal static Party Collect(FileCase c)
    {
        Party party = new(c, c.To, null);
        party.Collected = PipePeers.OnItsOwnThread(party.Read);
        return party;
    }

    /// <summary>Ends the destination, and hands over what came.</summary>
    internal byte[] End(TimeSpan timeout)
    {
        _pipe?.CloseWrite();
        _connection?.Ours.Dispose();
        byte[] read = Collected.WaitAsync(timeout).GetAwaiter().GetResult();
        return _stream?.ToArray() ?? read;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _pipe?.Dispose();
        _stream?.Dispose();
        _ = Collected.ContinueWith(static done => done.Exception, TaskScheduler.Default).Wait(10_000);
    }

    private byte[] Write(byte[] content)
    {
        SimRandom random = new(_case.Seed);
        for (int done = 0; done < content.Length && _stream is null;)
        {
            Pause(random);
            int count = Math.Min(content.Length - done, random.Between(1, _case.ChunkMax));
            _pipe?.Write(content.AsSpan(done, count));
            for (int sent = 0; _connection is not null && sent < count;)
            {
                sent += _connection.Peer.Send(content.AsSpan(done + sent, count - sent));
            }

            done += count;
        }

        _pipe?.CloseWrite();
        _connection?.Peer.Shutdown(SocketShutdown.Send);
        return [];
    }

    private byte[] Read()
    {
        if (_stream is not null)
        {
            return [];
        }

        SimRandom random = new(_case.Seed + 1);
        using MemoryStream all = new();
        byte[] buffer = new byte[_case.ChunkMax];
        while (true)
        {
            Pause(random);
            int count = _pipe?.Read(buffer) ?? _connection!.Peer.Receive(buffer);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, count);
        }
    }

    private void Pause(SimRandom random)
    {
        if (random.Chance(_case.PausePercent))
        {
            Thread.Sleep(1);
        }
    }
}
