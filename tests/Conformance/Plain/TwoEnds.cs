// A source that gives some text and a destination that collects it, as streams or as sockets.
using System.Net.Sockets;
using System.Text;
using Zerocopy.Conformance.Harness;
using Ends = Zerocopy.Conformance.Plain.CopySemanticsTests.Ends;

namespace Zerocopy.Conformance.Plain;

internal sealed class TwoEnds : IDisposable
{
    private readonly SocketPair? _in;
    private readonly SocketPair? _out;
    private readonly ScriptedStream? _source;
    private readonly ScriptedStream? _destination;

    /// <param name="ends">Which of them are sockets.</param>
    /// <param name="pieces">What the source gives, one read each; a socket may join them.</param>
    /// <param name="sourceFails">The source ends by an error, a socket by a reset.</param>
    /// <param name="destinationFails">No write succeeds; a socket's peer is gone.</param>
    internal TwoEnds(Ends ends, string[] pieces, bool sourceFails = false, bool destinationFails = false)
    {
        if (ends is Ends.Sockets or Ends.SocketToStream)
        {
            _in = SocketPair.Tcp();
            foreach (string piece in pieces)
            {
                _in.Far.Send(Encoding.ASCII.GetBytes(piece));
            }

            WaitFor(_in.Near, SelectMode.SelectRead);
            if (sourceFails)
            {
                SocketPair.Reset(_in.Far);
            }
            else
            {
                _in.Far.Shutdown(SocketShutdown.Send);
            }
        }
        else
        {
            _source = new ScriptedStream(pieces.Select(Encoding.ASCII.GetBytes))
            {
                ReadError = sourceFails ? new IOException("scripted") : null,
            };
        }

        if (ends is Ends.Sockets or Ends.StreamToSocket)
        {
            _out = SocketPair.Tcp();
            if (destinationFails)
            {
                SocketPair.Reset(_out.Far);
                WaitFor(_out.Near, SelectMode.SelectRead);
            }
        }
        else
        {
            _destination = new ScriptedStream { WriteError = destinationFails ? new IOException("scripted") : null };
        }
    }

    internal Task<TransferResult> Start(Call call, TransferOptions? options = null)
        => Rig.Start(call, Source, Destination, options).Within("the transfer");

    private TransferEndpoint Source => _in is null ? _source : _in.Near;

    private TransferEndpoint Destination => _out is null ? _destination : _out.Near;

    /// <summary>What has arrived. Nothing more can be written afterwards.</summary>
    internal async Task<byte[]> Finish()
    {
        if (_out is null)
        {
            Xunit.Assert.Equal(0, _destination!.Unflushed);
            return _destination.Written;
        }

        _out.Near.Shutdown(SocketShutdown.Send);
        return await Peer.ReadAll(_out.Far).Within("the reader");
    }

    public void Dispose()
    {
        _in?.Dispose();
        _out?.Dispose();
        _source?.Dispose();
        _destination?.Dispose();
    }

    private static void WaitFor(Socket socket, SelectMode mode) => Xunit.Assert.True(socket.Poll(5_000_000, mode));
}
