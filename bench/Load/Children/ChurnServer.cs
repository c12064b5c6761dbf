using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Sends back what it gets on connections that come and go, on one thread, until one has ended without a byte
/// and no other is left.</summary>
internal static class ChurnServer
{
    private const int ListenerIndex = -1;

    /// <returns>The answer to the command: how many connections brought bytes.</returns>
    internal static string Run(Socket listener, byte[] buffer)
    {
        Dictionary<int, Client> clients = [];
        using ReadySet ready = new();
        ready.Add(listener, ListenerIndex);
        int accepted = 0;
        int served = 0;
        bool isLast = false;
        while (!isLast || clients.Count > 0)
        {
            int count = ready.Wait(Address.Patience);
            if (count == 0)
            {
                throw new TimeoutException($"{clients.Count} connections have not ended, {served} have");
            }

            for (int i = 0; i < count; i++)
            {
                int index = ready.IndexOf(i);
                if (index == ListenerIndex)
                {
                    clients[accepted] = new Client(Address.Accept(listener));
                    ready.Add(clients[accepted].Socket, accepted);
                    accepted++;
                }
                else if (clients[index] is var client && !client.Echo(buffer))
                {
                    clients.Remove(index);
                    client.Socket.Dispose();
                    served += client.HasSpoken ? 1 : 0;
                    isLast |= !client.HasSpoken;
                }
            }
        }

        return $"echoed {served}";
    }

    private sealed class Client(Socket socket)
    {
        internal Socket Socket => socket;

        internal bool HasSpoken { get; private set; }

        /// <summary>False at the end of the stream.</summary>
        internal bool Echo(byte[] buffer)
        {
            int bytes = socket.Receive(buffer);
            EchoServer.SendAll(socket, buffer.AsSpan(0, bytes));
            HasSpoken |= bytes > 0;
            return bytes > 0;
        }
    }
}
