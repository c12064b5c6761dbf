// Every sample that listens: at all kinds of addresses, and what it says where it cannot.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SampleListenTests : IDisposable
{
    public static TheoryData<string> Samples { get; } = ["Proxy", "Recorder", "FileServer"];

    private readonly TempFolder _folder = new();

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task The_help_names_every_form_of_an_address(string sample)
    {
        Ended ended = await ProxyProcess.RunSample(sample, "--help");
        Assert.Equal(0, ended.ExitCode);
        string help = string.Join(' ', ended.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(
            (string[])["HOST:PORT", ":PORT", "[::1]:PORT", "unix:/PATH", "unix:@NAME", "--log"],
            form => Assert.Contains(form, help, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_port_alone_is_every_address_of_this_host(string sample)
    {
        using ProxyProcess process = await Start(sample, ":0");
        int port = ((IPEndPoint)process.EndPoint).Port;
        using (Socket four = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            four.Connect(IPAddress.Loopback, port);
        }

        if (Socket.OSSupportsIPv6)
        {
            using Socket six = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            six.Connect(IPAddress.IPv6Loopback, port);
        }

        Assert.Equal(0, (await process.Stop()).ExitCode);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_name_of_the_abstract_namespace_is_listened_at_and_can_be_taken_once(string sample)
    {
        string address = $"unix:@{Guid.NewGuid():N}";
        using ProxyProcess process = await Start(sample, address);
        process.Connect().Dispose();
        await AssertRefused(sample, address, "the name is in use, somebody listens there already");
        Assert.Equal(0, (await process.Stop()).ExitCode);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task What_is_in_the_way_of_a_path_is_said(string sample)
    {
        string file = _folder.PathOf("file");
        await File.WriteAllTextAsync(file, "precious");
        await AssertRefused(sample, "unix:/nonexistent/dir/s.sock", "there is no directory /nonexistent");
        string missing = _folder.PathOf("there-is-none");
        await AssertRefused(sample, $"unix:{missing}/s.sock", $"there is no directory {missing}");
        await AssertRefused(sample, $"unix:{file}/s.sock", $"{file} is no directory");
        await AssertRefused(sample, $"unix:{file}", "something of that name is there, and it is no socket left behind");

        // Of the kernel's own: nobody makes anything there.
        await AssertRefused(sample, "unix:/proc/s.sock", "no socket can be made in /proc");
        using ProxyProcess process = await Start(sample, $"unix:{_folder.PathOf("s.sock")}");
        await AssertRefused(sample, $"unix:{_folder.PathOf("s.sock")}", "somebody listens there already");
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task What_is_in_the_way_of_a_port_is_said(string sample)
    {
        using Socket taken = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        await AssertRefused(sample, $"{endPoint}", "the address is in use, somebody listens there already");

        // Of the network for documentation: no host has it.
        await AssertRefused(sample, "192.0.2.1:0", "no interface of this host has that address");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_port_that_is_for_root_alone_is_said(string sample)
    {
        const string First = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
        bool isFree = int.Parse(await File.ReadAllTextAsync(First)) <= 1; // Everybody may, as in most containers.
        string address = isFree ? "1.2.3.4:1" : "127.0.0.1:1";
        string why = isFree ? "no interface of this host has that address"
            : "permission denied, a port below 1024 needs root or CAP_NET_BIND_SERVICE";
        Ended ended = await ProxyProcess.RunSampleBy(
            Without("net_bind_service"), sample, Arguments(sample, address));
        AssertOneLine(ended, sample, $"cannot listen on {address}: {why}\n");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_folder_that_is_not_ours_is_said(string sample)
    {
        string folder = _folder.PathOf("theirs");
        _ = Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] arguments = Arguments(sample, $"unix:{folder}/s.sock");
        Ended ended = await ProxyProcess.RunSampleBy(Without("dac_override"), sample, arguments);
        AssertOneLine(
            ended,
            sample,
            $"cannot listen on unix:{folder}/s.sock: permission denied, no socket may be made in {folder}\n");
    }

    public void Dispose() => _folder.Dispose();

    private Task<ProxyProcess> Start(string sample, string address)
        => ProxyProcess.StartSample(sample, null, Arguments(sample, address));

    private string[] Arguments(string sample, string address) => sample switch
    {
        "Proxy" => ["--listen", address, "--connect", "127.0.0.1:9"],
        "Recorder" =>
            ["--listen", address, "--connect", "127.0.0.1:9", "--record", _folder.PathOf(Path.GetRandomFileName())],
        _ => ["--listen", address, "--root", _folder.PathOf(".")],
    };

    /// <summary>What starts a process that lacks one of root's capabilities; others have none.</summary>
    private static string Without(string capability) => Environment.IsPrivilegedProcess
        ? $"setpriv --bounding-set=-{capability} --inh-caps=-{capability}" : "";

    private async Task AssertRefused(string sample, string address, string why)
    {
        Ended ended = await ProxyProcess.RunSample(sample, Arguments(sample, address));
        AssertOneLine(ended, sample, $"cannot listen on {address}: {why}\n");
    }

    private static void AssertOneLine(Ended ended, string sample, string line)
        => Assert.Equal(new Ended(1, "", $"{sample}: {line}"), ended);
}
