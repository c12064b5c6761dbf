using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Sends back what it gets, on one thread, until all its connections have ended.</summary>
internal static class EchoServer
{
    internal static string Run(Socket listener, int connections, byte[] buffer)
    {
        Socket[] sockets = new Socket[connections];
        using ReadySet ready = new();
        ready.Add(listener, connections);
        int accepted = 0;
        int live = connections;
        while (live > 0)
        {
            int count = ready.Wait(Address.Patience);
            if (count == 0)
            {
                throw new TimeoutException($"{live} of {connections} connections have not ended");
            }

            for (int i = 0; i < count; i++)
            {
                int index = ready.IndexOf(i);
                if (index == connections)
                {
                    sockets[accepted] = Address.Accept(listener);
                    ready.Add(sockets[accepted], accepted);
                    accepted++;
                    continue;
                }

                int bytes = sockets[index].Receive(buffer);
                if (bytes > 0)
                {
                    SendAll(sockets[index], buffer.AsSpan(0, bytes));
                    continue;
                }

                sockets[index].Dispose();
                live--;
            }
        }

        return "echoed";
    }

    internal static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }
}
