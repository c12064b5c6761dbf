// In a network of its own: packets out of a tun device and into it.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

internal sealed class PacketChild : IChild
{
    private const int Headers = 28;
    private const int Port = 9999;
    private const string IPv6Switch = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
    private static readonly IPAddress s_here = new([10, 98, 76, 1]);
    private static readonly IPAddress s_there = new([10, 98, 76, 2]);

    public int Run(string[] args)
    {
        SafeFileHandle? device = Libc.OpenTun("zc0");
        if (device is null
            || !Mount.Run("sh", "-c", $"test ! -e {IPv6Switch} || echo 1 > {IPv6Switch}") // Its own packets are noise.
            || !Mount.Run("ip", "addr", "add", $"{s_here}/24", "dev", "zc0")
            || !Mount.Run("ip", "link", "set", "zc0", "mtu", "9000", "up"))
        {
            return ChildProcess.Skip("no tun device can be made here");
        }

        using (device)
        {
            foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
            {
                foreach (Call call in Enum.GetValues<Call>())
                {
                    Out(device, mode, call, rate: null).GetAwaiter().GetResult();
                    Out(device, mode, call, rate: 100_000).GetAwaiter().GetResult();
                    In(device, mode, call, mirrored: false).GetAwaiter().GetResult();
                    In(device, mode, call, mirrored: true).GetAwaiter().GetResult();
                }
            }
        }

        Console.WriteLine("done");
        return 0;
    }

    // What the kernel sends through the device is read.
    private static async Task Out(SafeFileHandle device, TransferMode mode, Call call, long? rate)
    {
        const int Payload = 8000;
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using MemoryStream packets = new();
        TransferOptions options = new() { Mode = mode, LimitBytes = 3 * (Payload + Headers), BytesPerSecond = rate };
        Task<TransferResult> transfer = Rig.Start(call, device, packets, options);
        for (int i = 0; i < 3; i++)
        {
            sender.SendTo(Pattern.Default.Bytes(i, Payload), new IPEndPoint(s_there, Port));
        }

        Assert.Equal(3 * (Payload + Headers), (await transfer.Within("packets out", 10_000)).BytesWritten);
        for (int i = 0; i < 3; i++)
        {
            ReadOnlySpan<byte> packet = packets.ToArray().AsSpan(i * (Payload + Headers), Payload + Headers);
            Pattern.Default.AssertEqual(packet[Headers..], i);
        }
    }

    // What is written to the device the kernel receives.
    private static async Task In(SafeFileHandle device, TransferMode mode, Call call, bool mirrored)
    {
        const int Payload = 1000;
        using Socket receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(s_here, Port));
        using PlacedFile file = new(Place.Memory);
        using FileStream mirror = file.Open();
        TransferOptions options = new() { Mode = mode };
        if (mirrored)
        {
            options = new() { Mode = mode, Mirror = mirror };
        }

        for (int i = 0; i < 3; i++)
        {
            using MemoryStream packet = new(PacketOf(Pattern.Default.Bytes(i, Payload)));
            Assert.Equal(
                Payload + Headers,
                (await Rig.Start(call, packet, device, options).Within("packets in", 10_000)).BytesWritten);
            byte[] received = new byte[2000];
            receiver.ReceiveTimeout = 10_000;
            Assert.Equal(Payload, receiver.Receive(received));
            Pattern.Default.AssertEqual(received.AsSpan(0, Payload), i);
        }

        Assert.Equal(mirrored ? 3 * (Payload + Headers) : 0, mirror.Length);
    }

    /// <summary>A datagram from there to here.</summary>
    private static byte[] PacketOf(byte[] payload)
    {
        byte[] packet = new byte[Headers + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64; // Time to live.
        packet[9] = 17; // UDP, whose checksum may be 0.
        s_there.GetAddressBytes().CopyTo(packet, 12);
        s_here.GetAddressBytes().CopyTo(packet, 16);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        }

        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~(sum + (sum >> 16)));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload.Length));
        payload.CopyTo(packet, Headers);
        return packet;
    }
}
