using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>What a relay owned that does not begin: closed as a cancelled one closes it, whatever it is.</summary>
internal static class OwnedEndpoint
{
    /// <summary>Closes it. A socket's peer sees a reset: nobody has told it the end of its stream.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The caller is told why the relay does not begin.")]
    internal static void Close(TransferEndpoint endpoint)
    {
        try
        {
            CloseCore(endpoint.Value);
        }
        catch (Exception)
        {
            // What a stream throws at its end is less than the exception that is underway, and the other end is waiting
            // to be closed.
        }
    }

    private static void CloseCore(object? owned)
    {
        switch (owned)
        {
            case null:
                break;
            case PipeCore pipe:
                pipe.Dispose();
                break;
            case IPipeHolder holder:
                holder.Core.Dispose();
                break;
            case TcpClient client:
                client.Client?.Close(0);
                client.Dispose();
                break;
            case Socket socket:
                socket.Close(0);
                break;
            case NetworkStream network when network.GetType() == typeof(NetworkStream):
                network.Socket.Close(0);
                network.Dispose();
                break;
            case Stream stream:
                if (SocketBeneath.Of(stream) is { } beneath)
                {
                    SocketBeneath.NeverWait(beneath);
                }

                stream.Dispose();
                break;
            case PipeReader reader:
                reader.Complete();
                break;
            case PipeWriter writer:
                writer.Complete(ThrowHelper.CutOff());
                break;
            case DuplexPipe duplex:
                (PipeReader input, PipeWriter output) = duplex.Ends(nameof(owned));
                PipelineEnd.Complete(input, output, reset: true);
                break;
            case SafeSocketHandle { IsClosed: false, IsInvalid: false } handle:
                SocketBeneath.ResetAtClose(SocketView.Over(handle));
                handle.Dispose();
                break;
            default:
                ((SafeHandle)owned).Dispose();
                break;
        }
    }
}
