namespace Zerocopy.Analyzers.Tests;

/// <summary>What programs really do with streams and sockets, with us and without us; none of it is wrong. Each
/// shape is the body of an async method; # is a number.</summary>
internal static class CallShapes
{
    internal static readonly string[] s_withoutUs =
    [
        "using var m = new MemoryStream();\nawait stream.CopyToAsync(m, token);\nreturn m.Length + #;",
        "var m = new MemoryStream(buffer);\nawait m.CopyToAsync(file, #, token);\nreturn m.Position;",
        "using FileStream f = File.OpenRead(path);\nawait f.CopyToAsync(stream, token);\nreturn f.Length;",
        "await using var f = File.Create(path);\nawait stream.CopyToAsync(f, 81920, token);\nawait "
            + "f.FlushAsync(token);\nreturn f.Position;",
        "using var tls = new SslStream(network, leaveInnerStreamOpen: false);\nawait "
            + "tls.AuthenticateAsClientAsync(path);\nawait tls.WriteAsync(buffer, token);\nreturn await "
            + "tls.ReadAsync(buffer, token);",
        "using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);\nawait "
            + "stream.CopyToAsync(gzip, token);\nreturn #;",
        "using var inflate = new DeflateStream(stream, CompressionMode.Decompress);\nint read = await "
            + "inflate.ReadAsync(buffer, token);\nreturn read;",
        "using var brotli = new BrotliStream(network, CompressionMode.Compress);\nbrotli.Write(buffer, 0, "
            + "buffer.Length);\nbrotli.Flush();\nreturn #;",
        "using Aes aes = Aes.Create();\nusing var crypto = new CryptoStream(file, aes.CreateEncryptor(), "
            + "CryptoStreamMode.Write);\nawait stream.CopyToAsync(crypto, token);\nreturn #;",
        "using var reader = new StreamReader(stream, Encoding.UTF8);\nwhile (await reader.ReadLineAsync(token) "
            + "is { } line)\n{\n    if (line.Length == #) return line.Length;\n}\nreturn 0;",
        "using var writer = new StreamWriter(network) { AutoFlush = true };\nawait writer.WriteLineAsync($\"GET "
            + "{path}\".AsMemory(), token);\nreturn #;",
        "var binary = new BinaryReader(stream);\nint length = binary.ReadInt32();\nreturn "
            + "binary.ReadBytes(length).Length;",
        "var binary = new BinaryWriter(file);\nbinary.Write(#);\nbinary.Flush();\nreturn file.Position;",
        "var buffered = new BufferedStream(network, 4096);\nawait buffered.WriteAsync(buffer, token);\nawait "
            + "buffered.FlushAsync(token);\nreturn #;",
        "using var http = new HttpClient();\nusing Stream body = await http.GetStreamAsync(path, token);\nawait "
            + "body.CopyToAsync(file, token);\nreturn #;",
        "PipeReader reader = PipeReader.Create(stream);\nReadResult result = await "
            + "reader.ReadAsync(token);\nreader.AdvanceTo(result.Buffer.End);\nreturn result.Buffer.Length;",
        "PipeWriter writer = PipeWriter.Create(stream);\nawait writer.WriteAsync(buffer, token);\nawait "
            + "writer.CompleteAsync();\nreturn #;",
        "var listener = new TcpListener(IPAddress.Loopback, 0);\nlistener.Start(#);\nusing TcpClient accepted = "
            + "await listener.AcceptTcpClientAsync(token);\nreturn accepted.Available;",
        "using var s = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);\nint sent = "
            + "await s.SendToAsync(buffer, new IPEndPoint(IPAddress.Loopback, 9), token);\nreturn sent;",
        "using var udp = new UdpClient(0);\nUdpReceiveResult got = await udp.ReceiveAsync(token);\nreturn "
            + "got.Buffer.Length + udp.Client.Available;",
        "int read = await a.ReceiveAsync(buffer, token);\nawait b.SendAsync(buffer.AsMemory(0, read), "
            + "token);\nreturn read;",
        "Task<int> pending = a.ReceiveAsync(buffer);\nawait Task.WhenAny(pending, Task.Delay(#, "
            + "token));\nreturn pending.IsCompleted ? await pending : 0;",
        "a.Blocking = false;\na.NoDelay = true;\nreturn a.Poll(#, SelectMode.SelectRead) ? a.Receive(buffer) : 0;",
        "await a.SendFileAsync(path, token);\na.Shutdown(SocketShutdown.Send);\nreturn #;",
        "using SafeFileHandle h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);\nawait "
            + "RandomAccess.WriteAsync(h, buffer, RandomAccess.GetLength(h), token);\nreturn "
            + "RandomAccess.GetLength(h);",
        "using var zip = new ZipArchive(stream, ZipArchiveMode.Read);\nusing Stream entry = "
            + "zip.Entries[0].Open();\nawait entry.CopyToAsync(file, token);\nreturn zip.Entries.Count;",
        "await using var pipeStream = new AnonymousPipeServerStream(PipeDirection.Out);\nawait "
            + "stream.CopyToAsync(pipeStream, token);\nreturn #;",
        "await using var named = new NamedPipeClientStream(path);\nawait named.ConnectAsync(#, token);\nreturn "
            + "await named.ReadAsync(buffer, token);",
        "Stream input = Console.OpenStandardInput();\nusing var reader = new StreamReader(input);\nreturn "
            + "(await reader.ReadToEndAsync(token)).Length;",
        "byte[] hash = await SHA256.HashDataAsync(stream, token);\nstream.Position = 0;\nreturn hash.Length + #;",
    ];

    internal static readonly string[] s_withUs =
    [
        "TransferResult r = await Transfer.CopyAsync(a, b, cancellationToken: token);\nreturn r.BytesWritten;",
        "TransferOptions o = new() { LimitBytes = #, Mode = TransferMode.Auto };\nTransferResult r = await "
            + "Transfer.CopyAsync(network, file, o, token);\nreturn r.LimitRemaining ?? 0;",
        "await Transfer.CopyAsync(stream, a, cancellationToken: token);\nawait Transfer.CopyAsync(b, stream, "
            + "cancellationToken: token);\nreturn #;",
        "using FileStream f = File.OpenRead(path);\nreturn (await Transfer.CopyAsync(f, a, cancellationToken: "
            + "token)).BytesSendfile;",
        "await using FileStream f = File.Create(path);\nTransferResult r = await Transfer.CopyAsync(a, f, "
            + "cancellationToken: token);\nawait f.FlushAsync(token);\nreturn r.BytesWritten;",
        "RelayResult r = await Relay.RunAsync(a, b, cancellationToken: token);\nreturn r.LeftToRight.BytesWritten + "
            + "r.RightToLeft.BytesWritten;",
        "RelayOptions o = new() { IdleTimeout = TimeSpan.FromSeconds(# + 1), CloseEndpoints = true "
            + "};\nRelayResult r = await Relay.RunAsync(a, b, o, token);\nreturn r.Error;",
        "await using Relay relay = Relay.Start(a, b);\nRelayResult r = await relay.Completion;\nreturn r.Error;",
        "await using Relay relay = Relay.Start(network, client);\nawait Task.WhenAny(relay.Completion, "
            + "Task.Delay(#, token));\nreturn relay.Progress.LeftToRight.BytesWritten;",
        "using var tls = new SslStream(network);\nawait tls.AuthenticateAsServerAsync(new "
            + "SslServerAuthenticationOptions(), token);\nFlowOptions copy = new() { Mode = "
            + "TransferMode.CopyOnly };\nRelayOptions o = new() { LeftToRight = copy, RightToLeft = copy "
            + "};\nreturn (await Relay.RunAsync(tls, a, o, token)).Error;",
        "using Pipe p = Pipe.Create(4096 * #);\nTask<TransferResult> fill = p.ReadFromAsync(a, "
            + "cancellationToken: token).AsTask();\nawait p.WriteToAsync(b, token);\nreturn (await fill).BytesWritten;",
        "using Pipe p = Pipe.Create();\nusing Pipe copy = Pipe.Create();\nTee tee = p.Tee(copy);\nTask filling "
            + "= p.ReadFromAsync(a, cancellationToken: token).AsTask();\nTask recording = "
            + "copy.WriteToAsync(file, token).AsTask();\nawait p.WriteToAsync(b, token);\nawait "
            + "Task.WhenAll(filling, recording, tee.Completion);\nreturn tee.BytesMirrored;",
        "pipe.Tee(log);\nawait pipe.WriteAsync(buffer, token);\nreturn pipe.Available;",
        "pipe.Tee(a);\npipe.Tee(file);\nawait pipe.ReadFromAsync(b, leaveOpen: true, token);\nreturn #;",
        "var o = new TransferOptions { Mirror = file };\nTransferResult r = await Transfer.CopyAsync(a, b, o "
            + "with { LimitBytes = # }, token);\nreturn r.Mirror is null ? 0 : r.BytesWritten;",
        "Socket upstream = await Dialer.ConnectAsync(new DnsEndPoint(path, #), token);\nRelayOptions o = new() "
            + "{ CloseEndpoints = true };\nreturn (await Relay.RunAsync(a, upstream, o, token)).Error;",
        "int read = await a.ReceiveAsync(buffer, token);\nTransferOptions o = new() { Prefix = "
            + "buffer.AsMemory(0, read) };\nreturn (await Transfer.CopyAsync(a, b, o, token)).BytesWritten;",
        "using SafeFileHandle h = File.OpenHandle(path);\nreturn (await "
            + "Transfer.CopyAsync(TransferEndpoint.FromHandle(h, #), a, null, token)).BytesWritten;",
        "using SafeFileHandle h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);\nTransferEndpoint "
            + "end = TransferEndpoint.FromHandle(h, RandomAccess.GetLength(h));\nreturn (await "
            + "Transfer.CopyAsync(a, end, cancellationToken: token)).BytesWritten;",
        "Stream s = stream;\nif (# % 2 == 0) s = new MemoryStream(buffer);\nreturn (await Transfer.CopyAsync(s, "
            + "a, cancellationToken: token)).BytesBuffered;",
        "Stream s = client.GetStream();\nreturn (await Transfer.CopyAsync(s, file, null, token)).BytesSpliced;",
        "TransferOptions o = new() { Mode = TransferMode.CopyOnly };\nusing var gzip = new GZipStream(stream, "
            + "CompressionMode.Decompress);\nreturn (await Transfer.CopyAsync(gzip, a, o, token)).BytesBuffered;",
        "TransferOptions o = new() { Mode = TransferMode.RequireZeroCopy };\nreturn (await "
            + "Transfer.CopyAsync(a, file, o, token)).BytesSpliced;",
        "Task<TransferResult> there = Transfer.CopyAsync(a, b, null, token).AsTask();\nTask<TransferResult> on = "
            + "Transfer.CopyAsync(network, client).AsTask();\nreturn (await Task.WhenAll(there, on)).Length;",
        "return await Task.Run(() => Transfer.Copy(a, b, cancellationToken: token).BytesWritten, token);",
        "a.Listen(#);\nwhile (!token.IsCancellationRequested)\n{\n    Socket accepted = await "
            + "a.AcceptAsync(token);\n    _ = Relay.RunAsync(accepted, b, new RelayOptions { CloseEndpoints = "
            + "true }, token);\n}\nreturn 0;",
        "using Stream end = pipe.AsReadStream();\nreturn (await Transfer.CopyAsync(end, a, cancellationToken: "
            + "token)).BytesWritten;",
        "using SafeFileHandle input = new(0, ownsHandle: false);\nreturn (await Transfer.CopyAsync(input, a, "
            + "cancellationToken: token)).BytesWritten;",
        "try\n{\n    await Transfer.CopyAsync(a, b, null, token);\n}\ncatch (TransferException e) when (e.Error == "
            + "104)\n{\n    return e.Progress.BytesWritten;\n}\nreturn #;",
        "TransferResult r = default;\nforeach (Socket s in new[] { a, b })\n{\n    r = await "
            + "Transfer.CopyAsync(file, s, null, token);\n    file.Position = #;\n}\nreturn r.BytesWritten;",
    ];
}
