// Calls of every form, from each end that converts to one, as the C# of this framework compiles them; and what of it
// can run by itself is run. Prints what was moved.
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Zerocopy;
using Zerocopy.Callers;

const int Sent = 12;

CancellationToken token = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
string copy = path + ".copy";
await File.WriteAllBytesAsync(path, new byte[Sent]);
try
{
    (Socket from, Socket to) = await PairsAsync(token);
    Say("Socket", await Calls.TransferAsync(from, to, token));

    (from, to) = await PairsAsync(token);
    Say("NetworkStream", await Calls.TransferAsync(new NetworkStream(from), new NetworkStream(to), token));

    (from, to) = await PairsAsync(token);
    Say("TcpClient", await Calls.TransferAsync(new TcpClient { Client = from }, new TcpClient { Client = to }, token));

    using (FileStream source = File.OpenRead(path), destination = File.Create(copy))
    {
        Say("FileStream", await Calls.TransferAsync(source, destination, token));
    }

    using (SafeFileHandle source = File.OpenHandle(path))
    using (SafeFileHandle destination = File.OpenHandle(copy, FileMode.Create, FileAccess.Write))
    {
        Say("SafeFileHandle", await Calls.TransferAsync(source, destination, token));
    }

    using (Pipe source = Pipe.Create(), destination = Pipe.Create())
    {
        source.Write(new byte[Sent]);
        source.CloseWrite();
        Say("Pipe", await Calls.TransferAsync(source, destination, token));
    }

    System.IO.Pipelines.Pipe written = new(), read = new();
    await written.Writer.WriteAsync(new byte[Sent], token);
    await written.Writer.CompleteAsync();
    Say("PipeReader", await Pipelines.TransferAsync(written.Reader, read.Writer, token));

    (from, to) = await PairsAsync(token);
    Say("TransferToAsync", await ExtensionsAsync(from, to, new NetworkStream(from), new NetworkStream(to), token));
}
finally
{
    File.Delete(path);
    File.Delete(copy);
}

static async Task<long> ExtensionsAsync(Socket a, Socket b, NetworkStream c, NetworkStream d, CancellationToken token)
{
    TransferOptions options = new();
    TransferResult[] results =
    [
        await a.TransferToAsync(b, new() { LimitBytes = 5 }),
        await a.TransferToAsync(b),
        await a.TransferToAsync(b, options),
        await a.TransferToAsync(b, cancellationToken: token),
        await a.TransferToAsync(b, options, token),
        await a.TransferToAsync(b, null, token),
        await c.TransferToAsync(d),
        await c.TransferToAsync(b, new() { LimitBytes = 5 }),
        await c.TransferToAsync(d, options),
        await c.TransferToAsync(d, cancellationToken: token),
        await c.TransferToAsync(d, options, token),
        await c.TransferToAsync(d, null, token),
    ];
    return results.Sum(static result => result.BytesWritten);
}

// A source with bytes and an end, and a destination with room for them; by each form of a dial.
static async Task<(Socket From, Socket To)> PairsAsync(CancellationToken token)
{
    using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    listener.Listen();
    IPEndPoint here = (IPEndPoint)listener.LocalEndPoint!;
    string host = here.Address.ToString();
    Socket[] dialed =
    [
        await Dialer.ConnectAsync(here),
        await Dialer.ConnectAsync(here, token),
        await Dialer.ConnectAsync(host, here.Port),
        await Dialer.ConnectAsync(host, here.Port, token),
    ];
    Socket from = listener.Accept(), to = listener.Accept();
    dialed[0].Send(new byte[Sent]);
    dialed[0].Shutdown(SocketShutdown.Send);
    return (from, to);
}

static void Say(string end, long bytes) => Console.WriteLine($"{end} {bytes}");
