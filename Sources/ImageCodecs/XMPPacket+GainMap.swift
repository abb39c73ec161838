extension XMPPacket {
  /// Namespaces of properties that speak of a gain map.
  static let gainMaps = [
    "http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/",
  ]

  /// Namespaces of the directory of pictures in a file, and of its items.
  enum Container {
    static let directory = "http://ns.google.com/photos/1.0/container/"
    static let item = "http://ns.google.com/photos/1.0/container/item/"
  }

  /// Makes the directory of pictures, where there is one, that of a picture with a gain map right behind it.
  ///
  /// One that says so stays as it is. Lengths are needed of all pictures but the first, which ends where it ends.
  ///
  /// - Parameter size: bytes of the map's file.
  /// - Returns: whether it listed others.
  /// - SeeAlso: Ultra HDR Image Format 1.1, "GContainer items".
  mutating func announceGainMap(_ size: Int) -> Bool {
    if !uses(Container.directory), !uses(Container.item) { return false }
    let kinds = values(Container.item, "Semantic")
    let lengths = values(Container.item, "Length")
    let isTrue =
      kinds == ["Primary", "GainMap"] && (lengths == ["\(size)"] || lengths == ["0", "\(size)"])
      && values(Container.item, "Padding").allSatisfy { $0 == "0" }
    if isTrue { return false }
    remove(Container.directory)
    remove(Container.item)
    add { rdf in
      let head = "<\(rdf):li \(rdf):parseType=\"Resource\"><Container:Item Item:Mime=\"image/jpeg\""
      return """
        <\(rdf):Description \(rdf):about="" xmlns:Container="\(Container.directory)" \
        xmlns:Item="\(Container.item)"><Container:Directory><\(rdf):Seq>\
        \(head) Item:Semantic="Primary"/></\(rdf):li>\
        \(head) Item:Semantic="GainMap" Item:Length="\(size)"/></\(rdf):li>\
        </\(rdf):Seq></Container:Directory></\(rdf):Description>
        """
    }
    return kinds.contains { $0 != "Primary" && $0 != "GainMap" }
  }
}
