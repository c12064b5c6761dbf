// Two C compilers check every constant, size, offset and signature that Zerocopy.Sys declares.
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Abi;

[KernelOnly(Why.NotTheLibrary)]
public sealed class AbiTests
{
    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Every_constant_size_offset_and_signature_is_that_of_the_C_headers(
        Architecture processor)
    {
        AbiSource source = new(processor);
        Assert.True(source.Assertions > 300, $"only {source.Assertions} assertions");

        Assert.Equal("", Compile(processor, source.Text));
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void A_wrong_belief_does_not_compile(Architecture processor)
    {
        AbiSource source = new(processor);
        source.Assert("EAGAIN == 12");
        source.Assert("__builtin_types_compatible_p(__typeof__(close), int(long))");

        string wrong = Compile(processor, source.Text);
        Assert.Contains("EAGAIN == 12", wrong, StringComparison.Ordinal);
        Assert.Contains("int(long)", wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Architecture.X64, Architecture.Arm64)]
    [InlineData(Architecture.Arm64, Architecture.X64)]
    public void An_epoll_event_is_packed_on_x64_and_not_on_arm64(
        Architecture processor, Architecture other)
    {
        string wrong = Compile(processor, new AbiSource(other).Text);

        Assert.Contains("sizeof(struct epoll_event)", wrong, StringComparison.Ordinal);
        Assert.Contains("offsetof(struct epoll_event, data)", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_enum_member_native_struct_and_import_has_a_C_name() =>
        Assert.Empty(new AbiSource(Architecture.X64).Unnamed);

    [Fact]
    public void No_C_name_is_left_over_from_a_member_that_is_gone()
    {
        foreach ((string name, Dictionary<string, string> members) in CNames.s_enums)
        {
            Type type = typeof(Syscall).Assembly.GetType($"Zerocopy.Sys.{name}", throwOnError: true)!;
            Assert.Equal(Enum.GetNames(type).Order(), members.Keys.Order());
        }
    }

    [Fact]
    public void Every_errno_of_the_headers_has_a_name()
    {
        string headers = Run(
            Architecture.X64, "-dM -E -", "#include <errno.h>\n", out bool compiled);
        Assert.True(compiled, headers);
        string[] defined = [.. headers.Split('\n')
            .Select(line => line.Split(' '))
            .Where(word => word is ["#define", ['E', ..], [>= '1' and <= '9', ..]])
            .Select(word => word[1])];

        Assert.True(defined.Length > 130);
        Assert.Empty(defined.Except(Enum.GetNames<Errno>()));
    }

    private static string Compile(Architecture processor, string source)
    {
        string said = Run(
            processor, "-std=gnu11 -Wall -Werror -fsyntax-only -xc -", source,
            out bool compiled);
        Assert.Equal(compiled, said.Length == 0);
        return said;
    }

    private static string Run(
        Architecture processor, string arguments, string input, out bool succeeded)
    {
        string compiler = processor == RuntimeInformation.ProcessArchitecture ? "gcc"
            : processor == Architecture.X64 ? "x86_64-linux-gnu-gcc" : "aarch64-linux-gnu-gcc";
        ProcessStartInfo start = new(compiler, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{compiler} is not installed");
        }

        using (process)
        {
            Task<string> output = process!.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            Assert.True(process.WaitForExit(20_000), $"{compiler} hangs");
            succeeded = process.ExitCode == 0;
            string said = errors.Result + output.Result;
            process.StandardOutput.Dispose(); // Once used they are not closed with the process.
            process.StandardError.Dispose();
            return said;
        }
    }
}
