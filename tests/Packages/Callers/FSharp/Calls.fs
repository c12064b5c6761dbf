// Calls of every form from F#, compiled; and run as far as they run by themselves. Prints what was moved.
module Zerocopy.Callers.Calls

open System
open System.IO
open System.Net
open System.Net.Sockets
open System.Threading
open Zerocopy

let sent = 12

let token = (new CancellationTokenSource(TimeSpan.FromSeconds 30.0)).Token

let transfer (source: Socket) (destination: Socket) =
    task {
        let options = TransferOptions()
        let! limited = Transfer.CopyAsync(source, destination, TransferOptions(LimitBytes = 5L))
        let! plain = Transfer.CopyAsync(source, destination)
        let! optioned = Transfer.CopyAsync(source, destination, options)
        let! cancellable = Transfer.CopyAsync(source, destination, cancellationToken = token)
        let! both = Transfer.CopyAsync(source, destination, options, token)
        let! none = Transfer.CopyAsync(source, destination, null, token)
        let! extension = source.TransferToAsync(destination, cancellationToken = token)
        let waited = Transfer.Copy(source, destination, TransferOptions(IdleTimeout = TimeSpan.FromSeconds 5.0))
        let results = [ limited; plain; optioned; cancellable; both; none; extension; waited ]
        return results |> List.sumBy _.BytesWritten
    }

let relay (left: Socket) (right: NetworkStream) =
    task {
        let options = RelayOptions(CloseEndpoints = true, LeftToRight = FlowOptions(BytesPerSecond = 1_000_000L))
        let! plain = Relay.RunAsync(left, right)
        let! optioned = Relay.RunAsync(left, right, options)
        let! cancellable = Relay.RunAsync(left, right, cancellationToken = token)
        let! both = Relay.RunAsync(left, right, options, token)
        use started = Relay.Start(left, right, options, token)
        let! completed = started.Completion
        return [ plain; optioned; cancellable; both; completed ]
    }

// A source with bytes and an end, and a destination; by each form of a dial.
let pair () =
    task {
        use listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        listener.Bind(IPEndPoint(IPAddress.Loopback, 0))
        listener.Listen()
        let here = listener.LocalEndPoint :?> IPEndPoint
        let! one = Dialer.ConnectAsync here
        let! _ = Dialer.ConnectAsync(here, token)
        let! _ = Dialer.ConnectAsync(string here.Address, here.Port)
        let! _ = Dialer.ConnectAsync(string here.Address, here.Port, token)
        let from, destination = listener.Accept(), listener.Accept()
        one.Send(Array.zeroCreate<byte> sent) |> ignore
        one.Shutdown SocketShutdown.Send
        return from, destination
    }

let others (path: string) =
    task {
        let! from, destination = pair ()
        use client = new TcpClient(Client = from)
        use file = File.Create path
        let! received = Transfer.CopyAsync(client, file)
        file.Dispose()
        use handle = File.OpenHandle path
        use pipe = Pipe.Create()
        let! piped = Transfer.CopyAsync(TransferEndpoint.FromHandle(handle, 0L), pipe)
        pipe.CloseWrite()
        let! answered = Transfer.CopyAsync(pipe, new NetworkStream(destination))
        use again = File.OpenHandle path
        let! fromHandle = Transfer.CopyAsync(again, destination)
        let written, read = Pipelines.Pipe(), Pipelines.Pipe()
        let! _ = written.Writer.WriteAsync(ReadOnlyMemory(Array.zeroCreate<byte> sent))
        written.Writer.Complete()
        let! fromReader = Transfer.CopyAsync(written.Reader, read.Writer)
        return
            [ "TcpClient", received
              "TransferEndpoint", piped
              "Pipe", answered
              "SafeFileHandle", fromHandle
              "PipeReader", fromReader ]
    }

[<EntryPoint>]
let main _ =
    let source, destination = pair().GetAwaiter().GetResult()
    printfn $"Socket {(transfer source destination).GetAwaiter().GetResult()}"
    let path = Path.GetTempFileName()
    let moved = (others path).GetAwaiter().GetResult()
    File.Delete path

    for source, result in moved do
        printfn $"{source} {result.BytesWritten}"

    0
