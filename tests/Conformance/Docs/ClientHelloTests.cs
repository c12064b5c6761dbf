// docs/recipes/sni.md: its parser finds the name in what real clients send, however that is cut, and survives the rest.
using System.Buffers;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class ClientHelloTests
{
    private const string Name = "files.example.org";

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Name)]
    [InlineData("")]
    public async Task The_name_is_there_with_the_last_byte_and_not_before(string name)
    {
        byte[] hello = await TlsHello.Capture(name);
        for (int count = 0; count < hello.Length; count++)
        {
            Assert.Equal((OperationStatus.NeedMoreData, null), Parse(hello[..count]));
        }

        (OperationStatus, string?) whole = (OperationStatus.Done, name.Length == 0 ? null : name);
        Assert.Equal(whole, Parse(hello));
        Assert.Equal(whole, Parse([.. hello, 1, 2, 3])); // What follows is not looked at.
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task A_message_in_several_records_is_one(int recordBytes)
    {
        byte[] hello = TlsHello.InRecordsOf(recordBytes, await TlsHello.Capture(Name));
        Assert.Equal((OperationStatus.Done, Name), Parse(hello));
        Assert.Equal((OperationStatus.NeedMoreData, null), Parse(hello[..^1]));
    }

    [Theory]
    [InlineData("474554202F0D0A0D0A")] // GET /
    [InlineData("5353482D322E300D0A")] // SSH-2.0
    [InlineData("1603010000")] // A record of nothing.
    [InlineData("160301000402000000")] // A server's hello.
    [InlineData("160301000401000000")] // A hello of nothing.
    public void What_is_no_ClientHello_is_known_at_once(string hex)
        => Assert.Equal((OperationStatus.InvalidData, null), Parse(Convert.FromHexString(hex)));

    [Fact(Timeout = Deadline.Ms)]
    public async Task Whatever_else_comes_is_an_answer_and_no_exception()
    {
        byte[] hello = await TlsHello.Capture(Name);
        Random random = new(17);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. hello];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            (OperationStatus status, string? name) = Parse(bytes);
            Assert.True(name is null || status == OperationStatus.Done, $"{status}: {name}");
        }
    }

    private static (OperationStatus Status, string? Name) Parse(byte[] bytes)
        => (ClientHello.Parse(bytes, out string? name), name);
}
