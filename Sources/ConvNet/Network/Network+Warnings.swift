extension Network {
  /// What is allowed and does hardly what was meant, a sentence each.
  public var warnings: [String] { Self.lonePaths(nodes, isSkipped: false).map(Self.warning) }

  private static func warning(_ name: String) -> String {
    "\(name): stands in no residual block, so nothing goes past it: whole images become 0 there; put it "
      + "at the end of a block's body, or use dropout"
  }

  /// Layers that drop whole examples where no shortcut goes past them.
  ///
  /// - Parameter isSkipped: whether the nodes are within the body of a residual block.
  private static func lonePaths(_ nodes: [LayerNode], isSkipped: Bool) -> [String] {
    nodes.flatMap { node -> [String] in
      if node.layer is DropPath { return isSkipped ? [] : [node.name] }
      return node.branches.enumerated().flatMap { index, branch in
        lonePaths(
          branch, isSkipped: isSkipped || (node.layer is Residual && index == 0))
      }
    }
  }
}
