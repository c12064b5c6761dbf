// The C program that states, as static assertions, all that Zerocopy.Sys believes about the kernel.
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Abi;

/// <summary>Built by reflection over the library, so that nothing new can be forgotten. What has no
/// C name is listed in <see cref="Unnamed"/>.</summary>
internal sealed class AbiSource
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly s_library = typeof(Syscall).Assembly;
    private static readonly Type s_libc = s_library.GetType("Zerocopy.Sys.Libc", throwOnError: true)!;
    private readonly StringBuilder _text = new();
    private readonly List<string> _unnamed = [];

    public AbiSource(Architecture processor)
    {
        _text.AppendLine("#define _GNU_SOURCE");
        foreach (string header in (string[])[
            "errno.h", "fcntl.h", "limits.h", "poll.h", "stddef.h", "stdio.h", "unistd.h",
            "netinet/in.h", "netinet/tcp.h", "sys/epoll.h", "sys/eventfd.h", "sys/ioctl.h",
            "sys/sendfile.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "sys/uio.h",
            "sys/vfs.h", "linux/magic.h"])
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"#include <{header}>");
        }

        AddEnums();
        AddConstants();
        AddStructs();
        AddByProcessor(processor);
        AddImports();
    }

    public string Text => _text.ToString();

    public IReadOnlyList<string> Unnamed => _unnamed;

    public int Assertions { get; private set; }

    public void Assert(string condition)
    {
        Assertions++;
        _text.AppendLine(CultureInfo.InvariantCulture,
            $"_Static_assert({condition}, \"{condition}\");");
    }

    private void AddEnums()
    {
        foreach (Type type in s_library.GetTypes().Where(type => type.IsEnum))
        {
            Dictionary<string, string>? names =
                CNames.s_enums.GetValueOrDefault(type.Name);
            Assert($"{Marshal.SizeOf(Enum.GetUnderlyingType(type))} <= sizeof(long)");
            foreach (FieldInfo member in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                string? name = type == typeof(Errno)
                    ? member.Name == "None" ? "0" : member.Name
                    : names?.GetValueOrDefault(member.Name);
                Equal(name, member.GetRawConstantValue()!, $"{type.Name}.{member.Name}");
            }
        }
    }

    private void AddConstants()
    {
        IEnumerable<FieldInfo> constants = s_libc.GetFields(Everything)
            .Concat(typeof(Syscall).GetFields(Everything))
            .Where(field => field.IsLiteral);
        foreach (FieldInfo constant in constants)
        {
            // Our names for constants are C's, unless listed: a typing error does not compile.
            string name = CNames.s_constants.GetValueOrDefault(constant.Name, constant.Name);
            Equal(name, constant.GetRawConstantValue()!, constant.Name);
        }
    }

    private void AddStructs()
    {
        foreach (Type type in s_libc.GetNestedTypes(Everything).Append(typeof(PollFd)))
        {
            if (!type.IsValueType || !CNames.s_structs.TryGetValue(type.Name, out string? name))
            {
                _unnamed.Add(type.Name);
                continue;
            }

            Assert($"sizeof({name}) == {SizeOf(type)}");
            foreach (FieldInfo field in type.GetFields(Everything))
            {
                string member = CNames.s_fields.GetValueOrDefault(field.Name, field.Name);
                Assert($"offsetof({name}, {member}) == {Marshal.OffsetOf(type, field.Name)}");
                Assert($"sizeof((({name}*)0)->{member}) == {SizeOf(field.FieldType)}");
            }
        }
    }

    private void AddByProcessor(Architecture processor)
    {
        int size = (int)ByProcessor("EpollEventLayout", "SizeOn", processor);
        Assert($"sizeof(struct epoll_event) == {size}");
        Assert("offsetof(struct epoll_event, events) == 0");
        Assert("sizeof(((struct epoll_event*)0)->events) == 4");
        Assert($"offsetof(struct epoll_event, data) == {size - sizeof(ulong)}");
        Assert("sizeof(((struct epoll_event*)0)->data.u64) == 8");
        Assert($"O_DIRECT == {ByProcessor("PacketPipe", "FlagOn", processor)}");
        AddStat(processor);
        Assert($"SYS_fstat == {ByProcessor("CallNumber", "FStatOn", processor)}");
        Assert($"SYS_preadv2 == {ByProcessor("CallNumber", "PReadV2On", processor)}");
        Assert($"SYS_pwritev2 == {ByProcessor("CallNumber", "PWriteV2On", processor)}");
        Assert($"SYS_statx == {ByProcessor("CallNumber", "StatxOn", processor)}");
        Assert("offsetof(struct tcp_info, tcpi_state) == 0"); // GetTcpState reads one byte.
        Assert("sizeof(((struct tcp_info*)0)->tcpi_state) == 1");
    }

    // The C library's, which is the kernel's on both processors.
    private void AddStat(Architecture processor)
    {
        Assert($"sizeof(struct stat) <= {StatConstant("SizeMax")}");
        foreach ((string field, object at, int size) in ((string, object, int)[])
        [
            ("st_dev", 0, 8), ("st_ino", StatConstant("Inode"), 8), ("st_size", StatConstant("FileSize"), 8),
            ("st_mode", ByProcessor("StatLayout", "ModeOn", processor), 4),
            ("st_rdev", ByProcessor("StatLayout", "SpecialOn", processor), 8),
        ])
        {
            Assert($"offsetof(struct stat, {field}) == {at}");
            Assert($"sizeof(((struct stat*)0)->{field}) == {size}");
        }
    }

    private static object StatConstant(string name)
        => s_library.GetType("Zerocopy.Sys.StatLayout", throwOnError: true)!.GetField(name, Everything)!
            .GetRawConstantValue()!;

    // Two halves: the C signature is the headers', and ours has the same widths and signs.
    private void AddImports()
    {
        foreach (MethodInfo import in s_libc.GetMethods(Everything)
            .Where(method => !method.Name.Contains('<', StringComparison.Ordinal)))
        {
            if (!CNames.s_signatures.TryGetValue(import.Name, out string? signature))
            {
                _unnamed.Add(import.Name);
                continue;
            }

            Assert($"__builtin_types_compatible_p(__typeof__({import.Name}), {signature})");
            string[] native = signature.TrimEnd(')').Split(["(", ", "], StringSplitOptions.None);
            Type[] ours = [import.ReturnType,
                .. import.GetParameters().Select(parameter => parameter.ParameterType)];
            string asMany = import.Name == "syscall" ? "<" : "=="; // The kernel's call says how many follow.
            Assert($"{native.Length} {asMany} {ours.Length} /* {import.Name} */");
            foreach ((string type, Type our) in native.Zip(ours).Where(pair => pair.First != "..."))
            {
                Assert($"sizeof({type}) == {SizeOf(our)}");
                if (!our.IsPointer)
                {
                    bool signed = our == typeof(int) || our == typeof(long) || our == typeof(nint);
                    Assert($"((({type})-1) < 0) == {(signed ? 1 : 0)}");
                }
            }
        }
    }

    private void Equal(string? name, object value, string ours)
    {
        if (name is null)
        {
            _unnamed.Add(ours);
            return;
        }

        Assert(string.Create(CultureInfo.InvariantCulture,
            $"(long long)({name}) == {Convert.ToInt64(value, CultureInfo.InvariantCulture)}LL"));
    }

    private static object ByProcessor(string type, string method, Architecture processor) =>
        s_library.GetType($"Zerocopy.Sys.{type}", throwOnError: true)!
            .GetMethod(method, Everything)!.Invoke(null, [processor])!;

    private static int SizeOf(Type type) =>
        type.IsPointer || type == typeof(nint) || type == typeof(nuint) ? 8
        : Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);
}
