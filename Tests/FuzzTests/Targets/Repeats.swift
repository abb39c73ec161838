import Raster

@testable import convfilter

extension FuzzTarget {
  static let repeats: [FuzzTarget] = [
    FuzzTarget("update-record") { bytes in
      guard let (records, _) = UpdateText.records(bytes) else { return }
      var text = UpdateText.head
      for (name, record) in records { text += UpdateText.line(record, name) }
      try demand(UpdateText.records(text)?.records == records, "records do not read back")
    },
    FuzzTarget("recipe") { bytes in
      let recipe = try Recipe(bytes, name: "recipe", folder: FilePath("folder"))
      try demand(recipe.lines.allSatisfy { (1...2).contains($0.words.count) }, "a line of no words")
    },
    // A glob, a line end, a name.
    FuzzTarget("glob") { bytes in
      let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
      let glob = try Glob(CommandWords.text(parts[0]))
      let name = parts.count > 1 ? Array(parts[1]) : []
      let isMeant = glob.matches(name)
      if glob.text == "*" || glob.text == "**/*" {
        try demand(isMeant || !name.contains { $0 != 0x2f }, "a star means every name")
      }
      _ = try NameTemplate(glob.text, hasFormat: false).name(
        for: FilePath(bytes: name), number: 1, of: 10)
    },
  ]
}
