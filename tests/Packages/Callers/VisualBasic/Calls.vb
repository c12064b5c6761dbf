' Calls of every form from Visual Basic, compiled; and run as far as they run by themselves. Prints what was moved.
Imports System.IO
Imports System.Net
Imports System.Net.Sockets
Imports System.Threading
Imports Microsoft.Win32.SafeHandles
Imports Zerocopy

Friend Module Calls
    Private Const Sent = 12

    Private ReadOnly s_token As CancellationToken = New CancellationTokenSource(TimeSpan.FromSeconds(30)).Token

    Public Sub Main()
        Dim ends = PairAsync().GetAwaiter().GetResult()
        Console.WriteLine($"Socket {TransferAsync(ends.From, ends.Destination).GetAwaiter().GetResult()}")
        Dim path = IO.Path.GetTempFileName()
        OthersAsync(path).GetAwaiter().GetResult()
        File.Delete(path)
    End Sub

    Private Async Function TransferAsync(source As Socket, destination As Socket) As Task(Of Long)
        Dim options As New TransferOptions
        Dim results = New List(Of TransferResult) From {
            Await Transfer.CopyAsync(source, destination, New TransferOptions With {.LimitBytes = 5}),
            Await Transfer.CopyAsync(source, destination),
            Await Transfer.CopyAsync(source, destination, options),
            Await Transfer.CopyAsync(source, destination, cancellationToken:=s_token),
            Await Transfer.CopyAsync(source, destination, options, s_token),
            Await Transfer.CopyAsync(source, destination, Nothing, s_token),
            Await source.TransferToAsync(destination, cancellationToken:=s_token),
            Transfer.Copy(source, destination, New TransferOptions With {.IdleTimeout = TimeSpan.FromSeconds(5)})
        }
        Return results.Sum(Function(result) result.BytesWritten)
    End Function

    Friend Async Function RelayAsync(left As Socket, right As NetworkStream) As Task(Of RelayResult)
        Dim options As New RelayOptions With {
            .CloseEndpoints = True,
            .LeftToRight = New FlowOptions With {.BytesPerSecond = 1_000_000}
        }
        Await Relay.RunAsync(left, right)
        Await Relay.RunAsync(left, right, options)
        Await Relay.RunAsync(left, right, cancellationToken:=s_token)
        Await Relay.RunAsync(left, right, options, s_token)
        Dim started = Relay.Start(left, right, options, s_token)
        Return Await started.Completion
    End Function

    ' A source with bytes and an end, and a destination; by each form of a dial.
    Private Async Function PairAsync() As Task(Of (From As Socket, Destination As Socket))
        Using listener As New Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            listener.Bind(New IPEndPoint(IPAddress.Loopback, 0))
            listener.Listen()
            Dim here = DirectCast(listener.LocalEndPoint, IPEndPoint)
            Dim one = Await Dialer.ConnectAsync(here)
            Await Dialer.ConnectAsync(here, s_token)
            Await Dialer.ConnectAsync(here.Address.ToString(), here.Port)
            Await Dialer.ConnectAsync(here.Address.ToString(), here.Port, s_token)
            Dim source = listener.Accept(), destination = listener.Accept()
            one.Send(New Byte(Sent - 1) {})
            one.Shutdown(SocketShutdown.Send)
            Return (source, destination)
        End Using
    End Function

    Private Async Function OthersAsync(path As String) As Task
        Dim ends = Await PairAsync()
        Using client As New TcpClient With {.Client = ends.From}, copy = File.Create(path), pipe = Zerocopy.Pipe.Create()
            Dim received = Await Transfer.CopyAsync(client, copy)
            copy.Dispose()
            Using handle As SafeFileHandle = File.OpenHandle(path), again = File.OpenHandle(path)
                Dim piped = Await Transfer.CopyAsync(TransferEndpoint.FromHandle(handle, 0), pipe)
                pipe.CloseWrite()
                Dim answered = Await Transfer.CopyAsync(pipe, New NetworkStream(ends.Destination))
                Dim fromHandle = Await Transfer.CopyAsync(again, ends.Destination)
                Dim written As New Pipelines.Pipe, read As New Pipelines.Pipe
                Await written.Writer.WriteAsync(New Byte(Sent - 1) {})
                written.Writer.Complete()
                Dim fromReader = Await Transfer.CopyAsync(written.Reader, read.Writer)
                Console.WriteLine($"TcpClient {received.BytesWritten}")
                Console.WriteLine($"TransferEndpoint {piped.BytesWritten}")
                Console.WriteLine($"Pipe {answered.BytesWritten}")
                Console.WriteLine($"SafeFileHandle {fromHandle.BytesWritten}")
                Console.WriteLine($"PipeReader {fromReader.BytesWritten}")
            End Using
        End Using
    End Function
End Module
