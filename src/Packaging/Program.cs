// Writes the documentation of a library without what its users cannot see: PublicDocumentation LIBRARY FROM TO.
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Zerocopy.Packaging;

if (args is not [string library, string from, string to])
{
    Console.Error.WriteLine("usage: PublicDocumentation LIBRARY FROM.xml TO.xml");
    return 2;
}

using PEReader file = new(File.OpenRead(library));
HashSet<string> visible = [.. new VisibleMembers(file).Ids()];
XDocument documentation = XDocument.Load(from, LoadOptions.PreserveWhitespace);
XElement members = documentation.Root!.Element("members")!;
foreach (XElement member in members.Elements("member").ToArray())
{
    if (!visible.Contains((string)member.Attribute("name")!))
    {
        if (member.PreviousNode is XText space)
        {
            space.Remove();
        }

        member.Remove();
    }
}

if (!members.Elements().Any())
{
    Console.Error.WriteLine($"{library}: none of what {from} documents is visible.");
    return 1;
}

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
File.WriteAllText(to, $"{documentation.Declaration}\n{documentation.ToString(SaveOptions.DisableFormatting)}\n");
return 0;
