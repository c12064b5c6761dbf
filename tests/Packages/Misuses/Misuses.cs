// One wrong use per rule. The id behind a line says what the package must report there.
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Zerocopy;
using Import = System.Runtime.InteropServices.DllImportAttribute;

namespace Fixture;

internal static class Misuses
{
    internal static void NeverSpliced(Socket socket, MemoryStream memory)
    {
        Transfer.Copy(memory, socket); // ZC1001
    }

    internal static void Buffered(Socket socket, NetworkStream network)
    {
        BufferedStream buffered = new(network);
        Transfer.Copy(socket, buffered); // ZC1002
    }

    internal static void Append(Socket socket, string path)
    {
        using SafeFileHandle log = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
        Transfer.Copy(socket, log); // ZC1003
    }

    internal static void Cached(Socket socket, FileStream file)
    {
        SafeFileHandle handle = file.SafeFileHandle;
        file.ReadByte();
        Transfer.Copy(handle, socket); // ZC1004
    }

    internal static void Datagrams(Socket socket, UdpClient udp)
    {
        Transfer.Copy(udp.Client, socket); // ZC1005
    }

    internal static void Itself(Pipe pipe)
    {
        pipe.Tee(pipe); // ZC1006
    }

    internal static void NotDisposed(Socket socket)
    {
        Pipe pipe = Pipe.Create(); // ZC1007
        pipe.ReadFrom(socket);
    }

    internal static void Unchecked(Socket socket, FileStream file)
    {
        Transfer.Copy(socket, file, new TransferOptions { LimitBytes = 10 }); // ZC1008
    }

    internal static void Late(Socket socket, Pipe pipe, Pipe log)
    {
        pipe.ReadFrom(socket);
        pipe.Tee(log); // ZC1009
    }

    internal static void UnderTls(NetworkStream network, FileStream file)
    {
        using SslStream tls = new(network);
        Transfer.Copy(network, file); // ZC1010
    }

    internal static void ReadAhead(NetworkStream network, FileStream file)
    {
        StreamReader reader = new(network);
        reader.ReadLine();
        Transfer.Copy(network, file); // ZC1011
    }

    internal static async Task Racing(Socket socket, FileStream file, byte[] buffer)
    {
        Task<int> head = socket.ReceiveAsync(buffer);
        await Transfer.CopyAsync(socket, file); // ZC1012
        await head;
    }

    internal static ValueTask<TransferResult> Early(Socket socket, string path)
    {
        using FileStream file = File.OpenRead(path);
        return Transfer.CopyAsync(file, socket); // ZC1013
    }

    internal static void BufferedFile(Socket socket, string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read); // ZC1014
        Transfer.Copy(file, socket);
    }

    internal static async Task Blocking(Socket socket, FileStream file, CancellationToken token)
    {
        Transfer.Copy(socket, file); // ZC1015
        await file.FlushAsync(token);
    }

    internal static void Flag(Socket socket, int flags)
    {
        fcntl((int)socket.Handle, 4, flags | 0x800); // ZC1016
    }

    internal static async Task BothWays(Socket client, Socket upstream)
    {
        await Task.WhenAll(
            Transfer.CopyAsync(client, upstream).AsTask(),
            Transfer.CopyAsync(upstream, client).AsTask()); // ZC1017
    }

    internal static async Task Aborted(Socket client, Socket upstream)
    {
        await using Relay relay = Relay.Start(client, upstream); // ZC1018
        Console.WriteLine(relay.Progress);
    }

    internal static void Listening(TcpListener listener, FileStream file)
    {
        Transfer.Copy(listener.Server, file); // ZC1019
    }

    internal static void Twice(Pipe one, Pipe other, Pipe log)
    {
        one.Tee(log);
        other.Tee(log); // ZC1020
    }

    internal static TransferOptions Never()
    {
        return new TransferOptions { IdleTimeout = TimeSpan.Zero }; // ZC1021
    }

    internal static void Impossible(Socket socket, MemoryStream memory)
    {
        _ = Transfer.Copy(memory, socket, new TransferOptions { Mode = TransferMode.RequireZeroCopy }); // ZC1022
    }

    internal static RelayOptions Direction()
    {
        return new RelayOptions { LeftToRight = new TransferOptions { LimitBytes = 10 } }; // ZC1023
    }

    internal static void Nothing(Socket socket)
    {
        Transfer.Copy(default, socket); // ZC1024
    }

    internal static void Backwards(Socket socket, string path)
    {
        Transfer.Copy(socket, File.OpenRead(path)); // ZC1025
    }

    internal static async Task Forgotten(Socket client, Socket upstream)
    {
        await Task.Yield();
        var result = Transfer.CopyAsync(client, upstream); // ZC1026
    }

    internal static async Task Truncated(Socket client, Socket upstream)
    {
        Task there = Transfer.CopyAsync(client, upstream).AsTask();
        Task back = Transfer.CopyAsync(upstream, client).AsTask(); // ZC1027
        await Task.WhenAny(there, back);
    }

    internal static void Unflushed(NetworkStream network, FileStream file)
    {
        StreamWriter writer = new(network);
        writer.WriteLine("head");
        Transfer.Copy(file, network); // ZC1028
    }

    internal static async Task ByStreams(NetworkStream network, FileStream file, CancellationToken token)
    {
        await file.CopyToAsync(network, token); // ZC1029
    }

    internal static async Task ByFramework(Socket client, string host, CancellationToken token)
    {
        using Socket upstream = new(SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(host, 80, token); // ZC1030
        await Relay.RunAsync(client, upstream, cancellationToken: token);
    }

    [Import("libc")]
    private extern static int fcntl(int descriptor, int command, int argument);
}
